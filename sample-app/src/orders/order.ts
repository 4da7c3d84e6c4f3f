export interface Order {
  readonly id: string;
  readonly customerId: string;
  readonly productId: string;
  readonly product: string;
  readonly quantity: number;
  readonly total: number;
  readonly placedAt: Date;
  refundedAt?: Date;
}

export interface PlaceOrder {
  productId: string;
  quantity?: number;
  card?: string;
  coupon?: string;
}

export interface Refund {
  readonly id: string;
  readonly orderId: string;
  readonly customerId: string;
  readonly amount: number;
  readonly refundedAt: Date;
}
