import { describe, expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { Asking } from '../../lib/plan/asking.js';
import type { StandardSchema } from '../../lib/plan/standard-schema.js';

interface Tree {
  below?: Tree | undefined;
}
const tree: z.ZodType<Tree> = z.object({
  get below() {
    return tree.optional();
  },
});
const deep = JSON.parse(`${'{"below":'.repeat(6_000)}{}${'}'.repeat(6_000)}`) as Tree;

describe.each<[string, StandardSchema, object, unknown]>([
  [
    'a transform throws',
    z.object({ slug: z.string().transform((slug) => decodeURIComponent(slug)) }),
    { slug: 'a%20b' },
    { slug: '%' },
  ],
  [
    'a refinement throws',
    z.object({
      sku: z.any().refine((sku: string) => sku.trim().length > 0),
      price: z.number(),
    }),
    { sku: 'a', price: 1 },
    { sku: 5, price: 1 },
  ],
  ['the stack is too small', tree, { below: {} }, deep],
])('where %s', (_, schema, valid, hostile) => {
  test('what comes next is checked as before', async () => {
    const asking = new Asking();
    expect(asking.ask(schema, valid).fits).toBe(true);
    for (let i = 0; i < 30; i++) {
      expect(asking.ask(schema, hostile)).toEqual({ fits: false, issues: undefined, why: 'threw' });
    }
    await turn();
    expect(asking.ask(schema, valid).fits).toBe(true);
  });

  test('it may be the first thing that ever comes', async () => {
    const asking = new Asking();
    for (let i = 0; i < 30; i++) {
      expect(asking.ask(schema, hostile).fits).toBe(false);
      await turn();
    }
    expect(asking.ask(schema, valid).fits).toBe(true);
    // By now it is known, and nothing is counted any more.
    for (let i = 0; i < 30; i++) asking.ask(schema, hostile);
    expect(asking.ask(schema, valid).fits).toBe(true);
  });
});

test('what an asynchronous validator starts, it starts a few times', async () => {
  let asked = 0;
  const schema = standard(async (value) => (asked++, { value }));
  const asking = new Asking();
  for (let i = 0; i < 30; i++) {
    expect(asking.ask(schema, {})).toEqual({ fits: false, issues: undefined, why: 'asynchronous' });
    await turn();
  }
  expect(asked).toBe(10);
});

test('also where it has found something wrong at once before', () => {
  let asked = 0;
  const schema = z.object({ mail: z.string().refine(async () => (asked++, true)) });
  const asking = new Asking();
  expect(asking.ask(schema, { mail: 5 })).toMatchObject({ issues: [{ path: ['mail'] }] });
  for (let i = 0; i < 30; i++)
    expect(asking.ask(schema, { mail: 'a' })).toMatchObject({ why: 'asynchronous' });
  // zod itself asks twice.
  expect(asked).toBe(20);
});

test('one that is never done is left alone, and one that is no promise of the platform', () => {
  // eslint-disable-next-line unicorn/no-thenable -- a validator may have its own
  for (const never of [new Promise(() => undefined), { then: () => undefined }]) {
    let asked = 0;
    const asking = new Asking();
    const schema = standard(() => (asked++, never));
    for (let i = 0; i < 30; i++) asking.ask(schema, {});
    expect(asked).toBe(10);
  }
});

function standard(validate: (value: unknown) => unknown): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate: validate as never } };
}
