import { Controller, Get, Param } from '@nestjs/common';
import type { Request } from 'express';
import { Track, type TrackCall } from 'nestjs-tracking';
import { Catalog } from './catalog.js';
import { CURRENCY, type Product } from './product.js';

@Controller('products')
export class ProductsController {
  constructor(private readonly catalog: Catalog) {}

  /**
   * Without `user`, the person is the signed-in customer, or before sign-in the anonymous id from the cookie of the
   * KISSmetrics snippet. `when` leaves out staff.
   */
  @Get(':id')
  @Track('Product Viewed', {
    // The names of Segment's e-commerce spec: most platforms know them, and `ecommerce()` translates them for others.
    properties: ({ id, name, price }: Product) => ({ product_id: id, name, price, currency: CURRENCY }),
    when: (_product: Product, call: TrackCall) => (call.request as Request).user?.role !== 'admin',
  })
  view(@Param('id') id: string): Product {
    return this.catalog.find(id);
  }
}
