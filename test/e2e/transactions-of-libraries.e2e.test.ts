import { PGlite } from '@electric-sql/pglite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { EntitySchema } from '@mikro-orm/core';
import { MikroORM } from '@mikro-orm/libsql';
import { Injectable } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { sql } from 'drizzle-orm';
import { pgTable, serial, text } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pglite';
import knex, { type Knex } from 'knex';
import ClientPgLite from 'knex-pglite';
import { TrackingModule, TrackingService } from '../../lib/index.js';
import { Collector } from '../entry-points/collector.js';
import { expectAccounted } from '../support/accounting.js';

/** The step of an order that fails: of the savepoint, of the transaction, or its commit. */
type Failing = 'gift' | 'order' | 'commit' | undefined;

/** A database, and how an application places an order in a transaction of its library. */
interface Shop {
  place(tracking: TrackingService, sku: string, fails?: Failing): Promise<unknown>;
  rows(): Promise<string[]>;
  clear(): Promise<unknown>;
  close(): Promise<void>;
}

/** PostgreSQL in this process takes seconds to start: one for Drizzle and Knex. */
const STARTS_MS = 180_000;
let postgres: PGlite;

function refuse(step: Failing, fails: Failing): void {
  if (step === fails) throw new Error(`the ${step} fails`);
}

/** The constraint is checked when the transaction ends, so that a commit can fail. */
const TABLES = `
  create table kinds (name text primary key);
  insert into kinds values ('tea'), ('gift');
  create table orders (
    id serial primary key,
    sku text not null,
    kind text references kinds (name) deferrable initially deferred
  );`;

function withDrizzle(): Shop {
  const db = drizzle(postgres);
  const orders = pgTable('orders', { id: serial(), sku: text().notNull(), kind: text() });
  return {
    place: (tracking, sku, fails) =>
      tracking.hold(() =>
        db.transaction(async (tx) => {
          await tx.insert(orders).values({ sku, kind: fails === 'commit' ? 'none' : 'tea' });
          tracking.track('Order Placed', { sku });
          await tracking
            .hold(() =>
              tx.transaction(async (savepoint) => {
                await savepoint.insert(orders).values({ sku: 'gift', kind: 'gift' });
                tracking.track('Gift Added');
                if (fails === 'gift') savepoint.rollback();
              }),
            )
            .catch(() => undefined);
          refuse('order', fails);
        }),
      ),
    rows: async () =>
      (
        await db
          .select({ sku: orders.sku })
          .from(orders)
          .orderBy(sql`id`)
      ).map((row) => row.sku),
    clear: () => db.delete(orders),
    close: () => Promise.resolve(),
  };
}

function withKnex(): Shop {
  const connection = (): object => ({ pglite: postgres });
  const db: Knex = knex({ client: ClientPgLite as unknown as typeof Knex.Client, connection });
  return {
    place: (tracking, sku, fails) =>
      tracking.hold(() =>
        db.transaction(async (trx) => {
          await trx('orders').insert({ sku, kind: fails === 'commit' ? 'none' : 'tea' });
          tracking.track('Order Placed', { sku });
          await tracking
            .hold(() =>
              trx.transaction(async (savepoint) => {
                await savepoint('orders').insert({ sku: 'gift', kind: 'gift' });
                tracking.track('Gift Added');
                refuse('gift', fails);
              }),
            )
            .catch(() => undefined);
          refuse('order', fails);
        }),
      ),
    rows: () => db('orders').orderBy('id').pluck('sku'),
    clear: () => db('orders').delete(),
    close: () => db.destroy(),
  };
}

class Order {
  id!: number;
  sku!: string;
}

const OrderSchema = new EntitySchema<Order>({
  class: Order,
  properties: {
    id: { type: 'number', primary: true },
    sku: { type: 'string', unique: true },
  },
});

/** MikroORM writes when the transaction ends: a row that breaks a constraint fails the commit. */
async function withMikroOrm(): Promise<Shop> {
  const orm = await MikroORM.init({ entities: [OrderSchema], dbName: ':memory:' });
  await orm.schema.createSchema();
  return {
    place: (tracking, sku, fails) => {
      const em = orm.em.fork();
      return tracking.hold(() =>
        em.transactional(async (tx) => {
          tx.create(Order, { sku } as Order);
          tracking.track('Order Placed', { sku });
          await tracking
            .hold(() =>
              tx.transactional((savepoint) => {
                savepoint.create(Order, { sku: 'gift' } as Order);
                tracking.track('Gift Added');
                refuse('gift', fails);
                return Promise.resolve();
              }),
            )
            .catch(() => undefined);
          refuse('order', fails);
          if (fails === 'commit') tx.create(Order, { sku } as Order);
        }),
      );
    },
    rows: async () => (await orm.em.fork().findAll(Order, { orderBy: { id: 'asc' } })).map(({ sku }) => sku),
    clear: () => orm.em.fork().nativeDelete(Order, {}),
    close: () => orm.close(),
  };
}

/** Injected with the service, as in an application. */
@Injectable()
class Orders {
  constructor(readonly tracking: TrackingService) {}
}

beforeAll(async () => {
  postgres = new PGlite();
  await postgres.exec(TABLES);
}, STARTS_MS);

// Knex closes it with its own.
afterAll(() => (postgres.closed ? undefined : postgres.close()), STARTS_MS);

const LIBRARIES: [string, () => Shop | Promise<Shop>][] = [
  ['Drizzle', withDrizzle],
  ['Knex', withKnex],
  ['MikroORM', withMikroOrm],
];

describe.each(LIBRARIES)('a transaction of %s within a hold', (_, open) => {
  let collector: Collector;
  let module: TestingModule;
  let shop: Shop;

  beforeAll(async () => {
    shop = await open();
  });
  afterAll(() => shop.close());

  beforeEach(async () => {
    await shop.clear();
    collector = await Collector.start();
    const imports = [
      TrackingModule.forRoot({
        destinations: [collector.destination],
        identity: { fallback: { userId: 'ann' } },
      }),
    ];
    module = await Test.createTestingModule({ imports, providers: [Orders] }).compile();
    await module.init();
  });

  afterEach(async () => {
    await module.close();
    await collector.close();
  });

  function place(fails?: Failing): Promise<unknown> {
    return shop.place(module.get(Orders).tracking, 'tea', fails);
  }

  /** The rows of the database, and the events that were delivered: they must agree. */
  async function after(): Promise<{ rows: string[]; events: string[]; rolledBack: number }> {
    const { tracking } = module.get(Orders);
    const events = await collector.delivered(tracking);
    const stats = tracking.stats();
    expectAccounted(stats);
    expect(stats.held).toBe(0);
    return {
      rows: (await shop.rows()).toSorted(),
      events: events.map(({ name }) => name),
      rolledBack: stats.suppressed.rolled_back,
    };
  }

  test('delivers after the commit', async () => {
    await place();
    expect(await after()).toEqual({
      rows: ['gift', 'tea'],
      events: ['Order Placed', 'Gift Added'],
      rolledBack: 0,
    });
  });

  test('records nothing after a rollback', async () => {
    await expect(place('order')).rejects.toThrow('the order fails');
    expect(await after()).toEqual({ rows: [], events: [], rolledBack: 2 });
  });

  test('records nothing if the commit fails', async () => {
    await expect(place('commit')).rejects.toThrow();
    expect(await after()).toEqual({ rows: [], events: [], rolledBack: 2 });
  });

  test('drops only the events of a savepoint that is rolled back', async () => {
    await place('gift');
    expect(await after()).toEqual({ rows: ['tea'], events: ['Order Placed'], rolledBack: 1 });
  });
});
