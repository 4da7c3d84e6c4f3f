import { describe, expect, test } from '@jest/globals';
import type { Destination } from 'nestjs-tracking';
import { destinationConformance, fakeDestination } from '../../../lib/testing/index.js';
import { acme, ACME } from './acme.js';
import { brokenRules } from './broken-rules.js';

describe('a destination that keeps every rule', () => {
  for (const { name, run } of destinationConformance(ACME)) test(name, run);

  test('may be of a class with private members', async () => {
    class Acme {
      readonly #made: Destination;
      readonly name: string;
      readonly secrets;
      readonly batch;
      readonly concurrency;
      readonly timeoutMs;
      readonly dispatcher;
      readonly allowProperties;
      readonly acknowledgement;
      readonly map;
      constructor(...given: Parameters<typeof acme>) {
        this.#made = acme(...given);
        this.name = this.#made.name;
        this.secrets = this.#made.secrets;
        this.batch = this.#made.batch;
        this.concurrency = this.#made.concurrency;
        this.timeoutMs = this.#made.timeoutMs;
        this.dispatcher = this.#made.dispatcher;
        this.allowProperties = this.#made.allowProperties;
        this.acknowledgement = this.#made.acknowledgement;
        this.map = this.#made.map;
      }
      check(...given: Parameters<NonNullable<Destination['check']>>) {
        this.#made.check!(...given);
      }
      accept(...given: Parameters<NonNullable<Destination['accept']>>) {
        return this.#made.accept!(...given);
      }
      encode(...given: Parameters<Destination['encode']>) {
        return this.#made.encode(...given);
      }
      decode(...given: Parameters<NonNullable<Destination['decode']>>) {
        return this.#made.decode!(...given);
      }
    }
    expect(await brokenRules({ ...ACME, create: (...given) => new Acme(...given) })).toEqual({});
  });

  test('may make dead letters of events that a platform without deduplication may have received', async () => {
    const create: typeof acme = (...given) => ({ ...acme(...given), onUnknown: 'dead' });
    expect(await brokenRules({ ...ACME, create })).toEqual({});
  });

  test('may be the fake of the test kit, which sends nothing of an event', async () => {
    const numbered = 'a fake numbers its requests';
    const setup = {
      create: ({ name, batch }) => fakeDestination({ name, batch }),
      skip: {
        options: 'a fake has its own dispatcher',
        content: 'a fake sends nothing of an event',
        repeatable: numbered,
        attempts: numbered,
        clock: numbered,
      },
    } satisfies Parameters<typeof brokenRules>[0];
    expect(await brokenRules(setup)).toEqual({});
  });
});

describe('a rule that is skipped', () => {
  const of = (skip: object) => destinationConformance({ ...ACME, create: () => ({}) as Destination, skip });

  test('has the reason in the name of its test, and is not checked', async () => {
    const skipped = of({ encode: 'the SDK of the platform does it' }).find(({ rule }) => rule === 'encode')!;
    expect(skipped.name).toMatch(/^encode: .*\(skipped: the SDK of the platform does it\)$/);
    await skipped.run();
    await expect(
      of({ encode: undefined })
        .find(({ rule }) => rule === 'encode')!
        .run(),
    ).rejects.toThrow();
  });

  test('exists, and has a reason', () => {
    expect(() => of({ encoded: 'a typing error' })).toThrow(
      /'encoded', which does not exist; expected one of start,/,
    );
    expect(() => of({ encode: ' ' })).toThrow(/no reason for the rule 'encode'/);
  });
});
