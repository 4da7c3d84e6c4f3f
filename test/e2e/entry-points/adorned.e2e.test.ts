import { afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  HttpException,
  type INestApplication,
  Injectable,
  type NestInterceptor,
  SetMetadata,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common';
import { ApiOperation, ApiResponse, DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Reflector } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { map } from 'rxjs';
import { DataSource, EntitySchema } from 'typeorm';
import {
  addTransactionalDataSource,
  initializeTransactionalContext,
  Transactional,
} from 'typeorm-transactional';
import { Track } from '../../../lib/index.js';
import { TrackedApplication } from '../track-application.js';

const SOMEBODY = { identity: { fallback: { userId: 'somebody' } } };

@Injectable()
class Wraps implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return next.handle().pipe(map((wrapped: unknown) => ({ wrapped })));
  }
}

/** Like a throttler: reads the metadata of the handler, and counts by handler. */
@Injectable()
class ThrottlerGuard implements CanActivate {
  readonly #seen = new Map<Function, number>();

  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const seen = (this.#seen.get(handler) ?? 0) + 1;
    this.#seen.set(handler, seen);
    if (seen > this.reflector.get<number>('limit', handler)) throw new HttpException('too many', 429);
    return true;
  }
}

const Throttle = (limit: number): MethodDecorator => SetMetadata('limit', limit);

@Controller()
@UseGuards(ThrottlerGuard)
class Offers {
  @Track('Above')
  @ApiOperation({ summary: 'the offers, above' })
  @ApiResponse({ status: 202, description: 'taken' })
  @Throttle(2)
  @UseInterceptors(Wraps)
  @HttpCode(202)
  @Header('x-offer', 'yes')
  @Get('above')
  above(): number {
    return 1;
  }

  @Get('below')
  @Header('x-offer', 'yes')
  @HttpCode(202)
  @UseInterceptors(Wraps)
  @Throttle(2)
  @ApiResponse({ status: 202, description: 'taken' })
  @ApiOperation({ summary: 'the offers, below' })
  @Track('Below')
  below(): number {
    return 1;
  }
}

describe.each(['above', 'below'])('@Track() %s the decorators of others', (place) => {
  let shop: TrackedApplication;
  beforeEach(async () => {
    shop = await TrackedApplication.start('Express', {
      controllers: [Offers],
      ...SOMEBODY,
    });
  });
  afterEach(() => shop.close());

  test('leaves their effect on the answer', async () => {
    const { status, headers, text } = await shop.request(`/${place}`);
    expect({ status, offer: headers['x-offer'], text }).toEqual({
      status: 202,
      offer: 'yes',
      text: '{"wrapped":1}',
    });
    expect(shop.names).toEqual([place === 'above' ? 'Above' : 'Below']);
  });

  test('lets a throttler reject excess requests, and records none of them', async () => {
    const statuses = [];
    for (let n = 0; n < 4; n++) statuses.push((await shop.request(`/${place}`)).status);
    expect(statuses).toEqual([202, 202, 429, 429]);
    expect(shop.names).toHaveLength(2);
  });

  test('keeps the OpenAPI description complete', () => {
    const document = SwaggerModule.createDocument(
      shop.app as INestApplication,
      new DocumentBuilder().build(),
    );
    expect(document.paths[`/${place}`]?.get).toMatchObject({
      operationId: `Offers_${place}`,
      summary: `the offers, ${place}`,
      responses: { 202: { description: 'taken' } },
    });
  });
});

const Offer = new EntitySchema<{ id: number; title: string }>({
  name: 'offer',
  columns: { id: { type: Number, primary: true, generated: true }, title: { type: String } },
});

describe('@Track() and @Transactional()', () => {
  let data: DataSource;
  let shop: TrackedApplication | undefined;

  beforeAll(async () => {
    initializeTransactionalContext();
    data = addTransactionalDataSource(
      new DataSource({ type: 'sqljs', synchronize: true, entities: [Offer] }),
    );
    await data.initialize();
  });
  afterEach(() => shop?.close());

  @Injectable()
  class Store {
    @Transactional()
    @Track('Saved Below')
    async below(title: string, fails: boolean): Promise<boolean> {
      return this.save(title, fails);
    }

    @Track('Saved Above')
    @Transactional()
    async above(title: string, fails: boolean): Promise<boolean> {
      return this.save(title, fails);
    }

    private async save(title: string, fails: boolean): Promise<boolean> {
      const offers = data.getRepository(Offer);
      await offers.save({ title });
      if (fails) throw new Error('out of stock');
      return offers.manager.queryRunner?.isTransactionActive === true;
    }
  }

  test.each(['above', 'below'] as const)('the transaction is kept if @Track() is %s', async (place) => {
    shop = await TrackedApplication.start('Express', { providers: [Store], ...SOMEBODY });
    const store = shop.app.get(Store);
    expect(await store[place](`kept ${place}`, false)).toBe(true);
    await expect(store[place](`rolled back ${place}`, true)).rejects.toThrow('out of stock');
    const titles = (await data.getRepository(Offer).find()).map(({ title }) => title);
    expect(titles.filter((title) => title.endsWith(place))).toEqual([`kept ${place}`]);
    expect(shop.names).toEqual([place === 'above' ? 'Saved Above' : 'Saved Below']);
  });
});
