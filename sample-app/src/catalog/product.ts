/** Of all prices of the shop. */
export const CURRENCY = 'EUR';

export interface Product {
  readonly id: string;
  readonly name: string;
  readonly picture: string;
  readonly price: number;
}
