import { Controller, Get, Param } from '@nestjs/common';
import type { Request } from 'express';
import { Track, type TrackCall } from 'nestjs-tracking';
import { Catalog } from './catalog.js';
import type { Product } from './product.js';

@Controller('products')
export class ProductsController {
  constructor(private readonly catalog: Catalog) {}

  /**
   * No word about who: before sign-in it is the browser's anonymous id, read from the cookie that the KISSmetrics snippet
   * sets, afterwards the signed-in customer. Staff who look at products are no shoppers.
   */
  @Get(':id')
  @Track('Product Viewed', {
    properties: (product: Product) => ({ product: product.name, price: product.price }),
    when: (_product: Product, call: TrackCall) => (call.request as Request).user?.role !== 'admin',
  })
  view(@Param('id') id: string): Product {
    return this.catalog.find(id);
  }
}
