import * as root from '../../lib/index.js';
import type { Destination } from '../../lib/destinations/destination.js';
import type { Row, Rows } from '../../lib/config/option.js';
import { declaredOptions, rowsOf } from './option-tables.js';

/** A destination factory of the package, with options that it accepts. */
export interface Platform {
  /** As the tables show it, such as `posthog()`. */
  readonly call: string;
  readonly rows: Rows;
  readonly destination: Destination;
  /** The same factory with fewer options. */
  readonly variantOf?: Platform;
}

type Options = Readonly<Record<string, unknown>>;
type Factory = (options: Options) => Destination;

/** Tried in turn for a required option. */
const SAMPLES = ['0123456789'.repeat(4), 'https://events.example.com', 'G-ABCDEF1234', '1234567890'];

/** Options without which a destination shows less than it can do: a line here only where a platform has such. */
const FURTHER: Readonly<Record<string, Options>> = {
  customerio: { objectTypes: { company: '1' } },
  snowplow: {
    schemas: { 'Order Completed': 'iglu:com.example/order_completed/jsonschema/1-0-0' },
  },
};

/** All destination factories that the package exports, each followed by its variants. */
export async function platforms(): Promise<Platform[]> {
  const found: Platform[] = [];
  for (const { name, file, value } of await declaredOptions()) {
    const kind = name.charAt(0).toLowerCase() + name.slice(1).replace(/Options$/, '');
    const make = (root as unknown as Record<string, Factory | undefined>)[kind];
    if (!file.startsWith('destinations/') || make === undefined) continue;
    const rows = rowsOf(value);
    const options = { ...sampleOptions(kind, rows), ...FURTHER[kind] };
    const usual = platform(`${kind}()`, rows, make(options));
    found.push(usual, ...variants(kind, usual, options, make));
  }
  return found;
}

/** The words of an option that has a choice of them. */
export function wordsOf(row: Row<unknown> | undefined): string[] {
  return [...(row?.type.matchAll(/`'([^']*)'`/g) ?? [])].map(([, word]) => word!);
}

function platform(call: string, rows: Rows, destination: Destination): Platform {
  destination.check?.(call, true);
  return { call, rows, destination };
}

/** The same destination with each word of each option that has words. */
function variants(kind: string, usual: Platform, options: Options, make: Factory): Platform[] {
  return Object.entries(usual.rows).flatMap(([name, row]) =>
    wordsOf(row).map((word) => ({
      ...platform(`${kind}({ ${name}: '${word}' })`, usual.rows, make({ ...options, [name]: word })),
      variantOf: usual,
    })),
  );
}

function sampleOptions(kind: string, rows: Rows): Options {
  const needed = Object.entries(rows).filter(
    ([name, { presence, fallback }]) =>
      presence === 'required' || (name === 'region' && fallback === undefined),
  );
  return Object.fromEntries(needed.map(([name, row]) => [name, sampleOf(`${kind}.${name}`, row)]));
}

function sampleOf(path: string, row: Row<unknown>): unknown {
  const samples = [...wordsOf(row), ...SAMPLES];
  const fitting = samples.find((sample) => {
    try {
      row.check(path, sample, { credentials: true });
      return true;
    } catch {
      return false;
    }
  });
  if (fitting === undefined)
    throw new Error(`No sample fits ${path}: add one to SAMPLES in test/docs/platforms.ts`);
  return fitting;
}
