import { Module } from '@nestjs/common';
import { Catalog } from './catalog.js';
import { ProductsController } from './products.controller.js';

@Module({ controllers: [ProductsController], providers: [Catalog], exports: [Catalog] })
export class CatalogModule {}
