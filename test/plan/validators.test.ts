import { describe, expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { z } from 'zod';
import { Validators } from '../../lib/plan/validators.js';
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
])('if %s', (_, schema, valid, hostile) => {
  test('the next value is checked as before', async () => {
    const validators = new Validators();
    expect(validators.validate(schema, valid).fits).toBe(true);
    for (let i = 0; i < 30; i++) {
      expect(validators.validate(schema, hostile)).toEqual({ fits: false, issues: undefined, why: 'threw' });
    }
    await turn();
    expect(validators.validate(schema, valid).fits).toBe(true);
  });

  test('the hostile value may be the first one', async () => {
    const validators = new Validators();
    for (let i = 0; i < 30; i++) {
      expect(validators.validate(schema, hostile).fits).toBe(false);
      await turn();
    }
    expect(validators.validate(schema, valid).fits).toBe(true);
    // The validator is now known to be synchronous, so promises are not counted any more.
    for (let i = 0; i < 30; i++) validators.validate(schema, hostile);
    expect(validators.validate(schema, valid).fits).toBe(true);
  });
});

test('an asynchronous validator is called ten times at most', async () => {
  let calls = 0;
  const schema = standard(async (value) => (calls++, { value }));
  const validators = new Validators();
  for (let i = 0; i < 30; i++) {
    expect(validators.validate(schema, {})).toEqual({ fits: false, issues: undefined, why: 'asynchronous' });
    await turn();
  }
  expect(calls).toBe(10);
});

test('also if it found a synchronous issue before', () => {
  let calls = 0;
  const schema = z.object({ mail: z.string().refine(async () => (calls++, true)) });
  const validators = new Validators();
  expect(validators.validate(schema, { mail: 5 })).toMatchObject({ issues: [{ path: ['mail'] }] });
  for (let i = 0; i < 30; i++)
    expect(validators.validate(schema, { mail: 'a' })).toMatchObject({ why: 'asynchronous' });
  // zod itself runs the check twice.
  expect(calls).toBe(20);
});

test('also if its promise never settles, or is a thenable of its own', () => {
  // eslint-disable-next-line unicorn/no-thenable -- a validator may return its own
  for (const never of [new Promise(() => undefined), { then: () => undefined }]) {
    let calls = 0;
    const validators = new Validators();
    const schema = standard(() => (calls++, never));
    for (let i = 0; i < 30; i++) validators.validate(schema, {});
    expect(calls).toBe(10);
  }
});

function standard(validate: (value: unknown) => unknown): StandardSchema {
  return { '~standard': { version: 1, vendor: 'test', validate: validate as never } };
}
