import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  Body,
  type CallHandler,
  ConflictException,
  Controller,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  Post,
  UseInterceptors,
} from '@nestjs/common';
import { InjectDataSource, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Column, DataSource, Entity, PrimaryGeneratedColumn, type Repository } from 'typeorm';
import {
  addTransactionalDataSource,
  getDataSourceByName,
  initializeTransactionalContext,
  StorageDriver,
  Transactional,
} from 'typeorm-transactional';
import { Track, TrackingService } from '../../lib/index.js';
import { Collector } from '../entry-points/collector.js';
import { expectAccounted } from '../support/accounting.js';
import { platforms, TrackedApplication } from './track-application.js';

initializeTransactionalContext({ storageDriver: StorageDriver.ASYNC_LOCAL_STORAGE });

@Entity()
class Order {
  @PrimaryGeneratedColumn()
  id!: number;

  @Column('text')
  sku!: string;
}

/** The steps of an order that fail. */
interface Wish {
  readonly sku: string;
  readonly fails?: 'order' | 'gift' | 'handler';
}

function refuse(wish: Wish, step: Wish['fails']): void {
  if (wish.fails === step) throw new ConflictException(`the ${step} fails`);
}

/** `dataSource.transaction()`, and a savepoint within it. */
@Injectable()
class Orders {
  constructor(
    @InjectDataSource() private readonly dataSource: DataSource,
    private readonly tracking: TrackingService,
  ) {}

  place(wish: Wish): Promise<number> {
    return this.tracking.hold(() =>
      this.dataSource.transaction(async (manager) => {
        const { id } = await manager.save(Order, { sku: wish.sku });
        this.tracking.track('Order Placed', { sku: wish.sku });
        await this.tracking
          .hold(() =>
            manager.transaction(async (savepoint) => {
              await savepoint.save(Order, { sku: 'gift' });
              this.tracking.track('Gift Added');
              refuse(wish, 'gift');
            }),
          )
          .catch(() => undefined);
        refuse(wish, 'order');
        return id;
      }),
    );
  }
}

/** `@Transactional()` below, the hold in the caller. */
@Injectable()
class TransactionalOrders {
  constructor(
    @InjectRepository(Order) private readonly orders: Repository<Order>,
    private readonly tracking: TrackingService,
  ) {}

  @Transactional()
  async place(wish: Wish): Promise<number> {
    const { id } = await this.orders.save({ sku: wish.sku });
    this.tracking.track('Order Placed', { sku: wish.sku });
    await this.addGift();
    refuse(wish, 'order');
    return id;
  }

  @Transactional()
  @Track('Gift Added')
  async addGift(): Promise<void> {
    await this.orders.save({ sku: 'gift' });
  }

  /** Above: it wraps the whole transaction, whose end decides without a hold. */
  @Track('Order Placed', { properties: (_, { args }) => ({ sku: (args[0] as Wish).sku }) })
  @Transactional()
  async placeAlone(wish: Wish): Promise<void> {
    await this.orders.save({ sku: wish.sku });
    refuse(wish, 'order');
  }

  /** Below, which is too early, as a test shows. */
  @Transactional()
  async placeTooEarly(wish: Wish): Promise<void> {
    await this.tracking.hold(async () => {
      await this.orders.save({ sku: wish.sku });
      this.tracking.track('Order Placed', { sku: wish.sku });
    });
    refuse(wish, 'order');
  }
}

/** Holds a whole request. */
@Injectable()
class HoldInterceptor implements NestInterceptor {
  constructor(private readonly tracking: TrackingService) {}

  intercept(_context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.tracking.hold(() => lastValueFrom(next.handle(), { defaultValue: undefined })));
  }
}

@Controller()
class OrdersController {
  constructor(
    private readonly orders: Orders,
    private readonly transactional: TransactionalOrders,
    private readonly tracking: TrackingService,
  ) {}

  @Post('typeorm')
  @Track('Request Answered')
  typeorm(@Body() wish: Wish): Promise<number> {
    return this.orders.place(wish);
  }

  @Post('transactional')
  @Track('Request Answered')
  transactionally(@Body() wish: Wish): Promise<number> {
    return this.tracking.hold(() => this.transactional.place(wish));
  }

  @Post('intercepted')
  @UseInterceptors(HoldInterceptor)
  @Track('Request Answered')
  async intercepted(@Body() wish: Wish): Promise<number> {
    const id = await this.transactional.place(wish);
    refuse(wish, 'handler');
    return id;
  }

  @Post('alone')
  alone(@Body() wish: Wish): Promise<void> {
    return this.transactional.placeAlone(wish);
  }

  @Post('too-early')
  tooEarly(@Body() wish: Wish): Promise<void> {
    return this.transactional.placeTooEarly(wish);
  }
}

describe.each(platforms)('a transaction on %s', (platform) => {
  let application: TrackedApplication;
  let collector: Collector;

  beforeEach(async () => {
    collector = await Collector.start();
    application = await TrackedApplication.start(platform, {
      imports: [
        TypeOrmModule.forRootAsync({
          useFactory: () => ({ type: 'sqljs', entities: [Order], synchronize: true }),
          dataSourceFactory: (options) => {
            const known = getDataSourceByName('default');
            return Promise.resolve(known ?? addTransactionalDataSource(new DataSource(options!)));
          },
        }),
        TypeOrmModule.forFeature([Order]),
      ],
      providers: [Orders, TransactionalOrders, HoldInterceptor],
      controllers: [OrdersController],
      options: {
        destinations: [collector.destination],
        redact: (event) => event,
        identity: { fallback: { userId: 'ann' } },
        idempotency: { webhookId: (request: { body?: { delivery?: string } }) => request.body?.delivery },
      },
    });
    await application.app.get(DataSource).getRepository(Order).clear();
  });

  afterEach(async () => {
    await application.close();
    await collector.close();
  });

  async function post(path: string, wish: Wish & { delivery?: string }): Promise<number> {
    const { status } = await application.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wish),
    });
    return status;
  }

  /** The rows of the database and the tracked events, which must agree. */
  async function after(): Promise<{ rows: string[]; events: string[]; rolledBack: number }> {
    const rows = await application.app
      .get(DataSource)
      .getRepository(Order)
      .find({ order: { id: 'ASC' } });
    const events = await collector.delivered(application.tracking);
    expectAccounted(application.stats);
    expect(application.stats.held).toBe(0);
    return {
      rows: rows.map(({ sku }) => sku),
      events: events.map(({ name }) => name),
      rolledBack: application.stats.suppressed.rolled_back,
    };
  }

  test.each(['/typeorm', '/transactional', '/intercepted'])(
    '%s: commits, and all is recorded',
    async (path) => {
      expect(await post(path, { sku: 'tea' })).toBe(201);
      expect(await after()).toEqual({
        rows: ['tea', 'gift'],
        events: ['Order Placed', 'Gift Added', 'Request Answered'],
        rolledBack: 0,
      });
    },
  );

  test.each(['/typeorm', '/transactional', '/intercepted'])(
    '%s: rolls back, and nothing is',
    async (path) => {
      expect(await post(path, { sku: 'tea', fails: 'order' })).toBe(409);
      expect(await after()).toEqual({ rows: [], events: [], rolledBack: 2 });
    },
  );

  test('/typeorm: rolls a savepoint back, and only its own events with it', async () => {
    expect(await post('/typeorm', { sku: 'tea', fails: 'gift' })).toBe(201);
    expect(await after()).toEqual({
      rows: ['tea'],
      events: ['Order Placed', 'Request Answered'],
      rolledBack: 1,
    });
  });

  test('/intercepted: an error after the commit drops the events of the request', async () => {
    expect(await post('/intercepted', { sku: 'tea', fails: 'handler' })).toBe(409);
    expect(await after()).toEqual({ rows: ['tea', 'gift'], events: [], rolledBack: 2 });
  });

  test('@Track() above @Transactional() needs no hold: it sees the end of the transaction', async () => {
    expect(await post('/alone', { sku: 'tea', fails: 'order' })).toBe(409);
    expect(await post('/alone', { sku: 'tea' })).toBe(201);
    expect(await after()).toEqual({ rows: ['tea'], events: ['Order Placed'], rolledBack: 0 });
  });

  test('a hold within the transaction ends too early', async () => {
    expect(await post('/too-early', { sku: 'tea', fails: 'order' })).toBe(409);
    expect(await after()).toEqual({ rows: [], events: ['Order Placed'], rolledBack: 0 });
  });

  test('a delivery that was rolled back may come again, and counts once then', async () => {
    const delivery = 'wh_1';
    expect(await post('/transactional', { sku: 'tea', fails: 'order', delivery })).toBe(409);
    for (let n = 0; n < 2; n++) expect(await post('/transactional', { sku: 'tea', delivery })).toBe(201);
    const { events } = await after();
    expect(events).toEqual(['Order Placed', 'Gift Added', 'Request Answered']);
    expect(application.stats).toMatchObject({ accepted: 3, duplicate: 3, suppressed: { rolled_back: 2 } });
  });

  test('one after the other, each commits or rolls back its own', async () => {
    for (let n = 0; n < 40; n++) {
      await post('/transactional', n % 2 === 0 ? { sku: `${n}` } : { sku: `${n}`, fails: 'order' });
    }
    const { rows, events, rolledBack } = await after();
    expect([rows.length, events.length, rolledBack]).toEqual([40, 60, 40]);
  });
});
