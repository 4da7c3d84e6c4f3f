export interface Product {
  readonly id: string;
  readonly name: string;
  readonly picture: string;
  readonly price: number;
}
