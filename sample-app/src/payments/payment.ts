/** A payment as the provider submits it. Dates are text, as in JSON. */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly amount: number;
  readonly paidAt: string;
}
