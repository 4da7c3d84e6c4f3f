/** What the payment provider tells of a payment. Its dates are JSON's: text. */
export interface Payment {
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly amount: number;
  readonly paidAt: string;
}
