import { describe, expect, test } from '@jest/globals';
import { console, journal, kissmetrics, memory, webhook } from 'nestjs-tracking';
import type { TrackingModuleOptions } from 'nestjs-tracking';
import { fakeDestination } from 'nestjs-tracking/testing';
import { resolveOptions } from '../../lib/options/resolve-options.js';
import { listedOptions, typedOptions } from './options.js';

/** The compiler reads the whole package. */
const COMPILES_MS = 120_000;

const UNKNOWN = { unknown: 1 } as never;
const destinations = [webhook({ url: 'https://events.example.com' })];

/** Module options with one that is unknown, by the interface that it is unknown to. */
const CHECKED: readonly (readonly [of: string[], options: TrackingModuleOptions])[] = [
  [['TrackingModuleOptions'], UNKNOWN],
  [['IdentityOptions'], { destinations, identity: UNKNOWN }],
  [['RetryOptions'], { destinations, retry: UNKNOWN }],
  [['DedupOptions'], { destinations, dedup: UNKNOWN }],
  [['DeadLettersOptions'], { destinations, deadLetters: UNKNOWN }],
  [['RequestContextOptions'], { destinations, context: UNKNOWN }],
  [['IdempotencyOptions'], { destinations, idempotency: UNKNOWN }],
  [['RedactionRules'], { destinations, redact: UNKNOWN }],
  [['HashIdsOptions'], { destinations, hashIds: UNKNOWN }],
  [['MemoryOptions'], { destinations, buffer: memory(UNKNOWN) }],
  [['JournalOptions'], { destinations, buffer: journal(UNKNOWN) }],
  [['DestinationOptions', 'WebhookOptions'], { destinations: [webhook(UNKNOWN)] }],
  [['DestinationOptions', 'KissmetricsOptions'], { destinations: [kissmetrics(UNKNOWN)] }],
  [['DestinationOptions', 'ConsoleOptions'], { destinations: [console(UNKNOWN)] }],
  [['DestinationOptions', 'FakeDestinationOptions'], { destinations: [fakeDestination(UNKNOWN)] }],
  [['BatchOptions'], { destinations: [webhook({ url: 'https://events.example.com', batch: UNKNOWN })] }],
];

/** They have a transport of their own. */
const WITHOUT_NETWORK = new Set(['ConsoleOptions', 'FakeDestinationOptions']);

describe('the pages of options', () => {
  const listed = listedOptions();

  test(
    'list every option that the types have, and no other',
    () => {
      const typed = typedOptions();
      expect(Object.fromEntries(listed)).toEqual(Object.fromEntries(typed));
      expect([...typed.values()].flat().length).toBeGreaterThan(100);
    },
    COMPILES_MS,
  );

  test.each(CHECKED)('list the options that the check of %s at start knows', (of, options) => {
    // `shutdown.timeoutMs` is a member of the option `shutdown`.
    const names = of
      .flatMap((name) => listed.get(name)!.map((option) => option.split('.')[0]!))
      .filter((name) => !WITHOUT_NETWORK.has(of.at(-1)!) || !/^(headers|dispatcher)$/.test(name));
    expect(knownTo(options)).toEqual([...new Set(names)].toSorted());
  });
});

/** The names in the error about the unknown option. */
function knownTo(options: TrackingModuleOptions): string[] {
  try {
    resolveOptions(options);
  } catch (error) {
    return / is unknown; expected one of (.*)\.$/
      .exec((error as Error).message)![1]!
      .split(', ')
      .toSorted();
  }
  return [];
}
