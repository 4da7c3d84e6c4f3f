import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import type { Request } from 'express';
import { timingSafeEqual } from 'node:crypto';
import { ShopConfig } from '../shop.config.js';

/** Checks the provider's secret. (A real provider signs its requests.) */
@Injectable()
export class PaymentSecretGuard implements CanActivate {
  constructor(private readonly config: ShopConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const got = Buffer.from(context.switchToHttp().getRequest<Request>().get('x-payment-secret') ?? '');
    const expected = Buffer.from(this.config.paymentSecret);
    if (got.length !== expected.length || !timingSafeEqual(got, expected)) throw new UnauthorizedException();
    return true;
  }
}
