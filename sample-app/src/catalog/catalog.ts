import { Injectable, NotFoundException } from '@nestjs/common';
import type { Product } from './product.js';

@Injectable()
export class Catalog {
  readonly products: readonly Product[] = [
    { id: 'teapot', name: 'Teapot', picture: '🫖', price: 34.5 },
    { id: 'mug', name: 'Mug', picture: '☕', price: 12 },
    { id: 'honey', name: 'Honey', picture: '🍯', price: 8.9 },
    { id: 'cake', name: 'Cake', picture: '🍰', price: 21 },
    { id: 'plant', name: 'Plant', picture: '🪴', price: 17.25 },
    { id: 'lamp', name: 'Lamp', picture: '🪔', price: 49 },
  ];

  find(id: string): Product {
    const product = this.products.find((candidate) => candidate.id === id);
    if (!product) throw new NotFoundException(`Product '${id}' does not exist`);
    return product;
  }
}
