import fc from 'fast-check';
import type { Settlement } from '../../../../lib/buffer/event-buffer.js';
import type { OperationKind } from '../../../support/faulty-files.js';

export const LANES = ['a', 'b'];
/** Texts that resemble the journal's own format, and texts with more bytes than characters. */
export const SAMPLES = [
  'x',
  '"',
  '\\',
  '\n#1w',
  ',"crc":"00000000"}',
  '"acceptedAt":"',
  '\u2028 ü 🧀 \ud800',
];

/** One step of a run: an event in the life of the processes, their disk or their clock. */
export type Command =
  | {
      readonly what: 'offer';
      readonly life: number;
      readonly lanes: readonly string[];
      readonly count: number;
      readonly sample: number;
      readonly units: number;
      readonly keyed: boolean;
    }
  | { readonly what: 'commit'; readonly life: number }
  /** Time passes, and the disk completes its work. */
  | { readonly what: 'elapse'; readonly ms: number }
  /** Time passes, and the disk completes nothing. */
  | { readonly what: 'tick'; readonly ms: number }
  /** The disk completes some work, and no time passes. */
  | {
      readonly what: 'step';
      readonly life: number;
      readonly steps: number;
      readonly picks: readonly number[];
    }
  | {
      readonly what: 'lease';
      readonly life: number;
      readonly lane: string;
      readonly maxEvents: number;
      readonly maxBytes: number;
    }
  | {
      readonly what: 'settle';
      readonly life: number;
      readonly lane: string;
      readonly pick: number;
      readonly every: number;
      readonly state: Settlement['state'];
    }
  /** A lane leases all events, and settles them all in the same way. */
  | {
      readonly what: 'work';
      readonly life: number;
      readonly lane: string;
      readonly state: Exclude<Settlement['state'], 'returned'>;
    }
  | {
      readonly what: 'fail';
      readonly life: number;
      readonly kinds: readonly OperationKind[];
      /** The end of the file's name. */
      readonly path: string;
      readonly code: string;
      readonly skip: number;
      readonly times: number;
      readonly does: 'nothing' | 'part' | 'all';
      readonly picks: readonly number[];
    }
  | { readonly what: 'hang'; readonly life: number; readonly kinds: readonly OperationKind[] }
  | { readonly what: 'mend'; readonly life: number }
  | { readonly what: 'limit'; readonly bytes: number }
  | { readonly what: 'readOnly' }
  | { readonly what: 'heal' }
  | {
      readonly what: 'crash';
      readonly life: number;
      readonly picks: readonly number[];
      readonly saves: boolean;
    }
  | { readonly what: 'powerCut'; readonly picks: readonly number[] }
  | { readonly what: 'close'; readonly life: number }
  | { readonly what: 'start'; readonly lanes: readonly string[] }
  | { readonly what: 'stop'; readonly life: number }
  | { readonly what: 'goOn' }
  | { readonly what: 'jump'; readonly ms: number }
  | { readonly what: 'dropCaches' }
  | { readonly what: 'wipe' };

type Of<What extends Command['what']> = Omit<Extract<Command, { what: What }>, 'what'>;

function arbitrary<What extends Command['what']>(
  weight: number,
  what: What,
  members: { readonly [K in keyof Of<What>]: fc.Arbitrary<Of<What>[K]> },
): { weight: number; arbitrary: fc.Arbitrary<Command> } {
  const all = { what: fc.constant(what), ...members } as { [K in keyof Command]: fc.Arbitrary<Command[K]> };
  return { weight, arbitrary: fc.record(all) as fc.Arbitrary<Command> };
}

const life = fc.nat(1);
const lane = fc.constantFrom(...LANES);
/** Mostly uniform; short lists prefer the simplest value. */
const picks = fc.array(fc.nat(10_000), { maxLength: 30, size: 'max' });
const CODES: Readonly<Record<string, readonly OperationKind[]>> = {
  writing: ['write'],
  syncing: ['sync'],
  opening: ['open'],
  folders: ['makeFolder', 'syncFolder', 'rename'],
  reading: ['read', 'readText', 'list', 'facts'],
  removing: ['remove', 'removeFolder'],
  beating: ['touch', 'facts'],
  anything: [
    'makeFolder',
    'list',
    'facts',
    'open',
    'write',
    'read',
    'sync',
    'close',
    'readText',
    'rename',
    'remove',
  ],
};
const kinds = fc.constantFrom(...Object.values(CODES));

const everyday = [
  arbitrary(10, 'offer', {
    life,
    lanes: fc.oneof(fc.constant(LANES), fc.subarray(LANES, { minLength: 1 })),
    count: fc.integer({ min: 1, max: 6 }),
    sample: fc.nat(SAMPLES.length - 1),
    units: fc.oneof(fc.nat(2), fc.nat(2), fc.nat(200)),
    keyed: fc.boolean(),
  }),
  arbitrary(5, 'commit', { life }),
  arbitrary(10, 'elapse', { ms: fc.constantFrom(1, 15, 30, 30, 100, 400, 1_500, 3_000, 12_000) }),
  arbitrary(2, 'tick', { ms: fc.constantFrom(1, 15, 20, 300) }),
  arbitrary(5, 'step', { life, steps: fc.integer({ min: 1, max: 12 }), picks }),
  arbitrary(4, 'lease', {
    life,
    lane,
    maxEvents: fc.integer({ min: 1, max: 8 }),
    maxBytes: fc.constantFrom(1, 2_000, 100_000),
  }),
  arbitrary(4, 'settle', {
    life,
    lane,
    pick: fc.nat(3),
    every: fc.integer({ min: 1, max: 3 }),
    state: fc.constantFrom('delivered', 'delivered', 'dead', 'dropped', 'returned'),
  }),
  arbitrary(8, 'work', {
    life,
    lane,
    state: fc.constantFrom('delivered', 'delivered', 'dead', 'dropped'),
  }),
];
const restarts = [
  arbitrary(3, 'crash', { life, picks, saves: fc.boolean() }),
  arbitrary(3, 'powerCut', { picks }),
  arbitrary(2, 'close', { life }),
  arbitrary(2, 'start', { lanes: fc.constantFrom(LANES, LANES, LANES.slice(0, 1), LANES.slice(1)) }),
];
const faults = [
  arbitrary(6, 'fail', {
    life,
    kinds,
    path: fc.constantFrom('', '', '-0.jsonl', '.acks', '.acks', 'dead.jsonl', 'history.jsonl', 'owner.json'),
    code: fc.constantFrom('EIO', 'ENOSPC', 'EROFS', 'EMFILE', 'EACCES'),
    skip: fc.nat(6),
    times: fc.constantFrom(1, 2, 5, Infinity),
    does: fc.constantFrom('nothing', 'part', 'all'),
    picks,
  }),
  arbitrary(1, 'hang', { life, kinds }),
  arbitrary(3, 'mend', { life }),
  arbitrary(1, 'limit', { bytes: fc.nat(4_000) }),
  arbitrary(1, 'readOnly', {}),
  arbitrary(2, 'heal', {}),
  arbitrary(1, 'stop', { life }),
  arbitrary(2, 'goOn', {}),
  arbitrary(1, 'jump', { ms: fc.constantFrom(-3_600_000, -500, 3_600_000) }),
  arbitrary(1, 'dropCaches', {}),
  arbitrary(1, 'wipe', {}),
];

/** Processes run and close in order. */
export const calm: fc.Arbitrary<Command> = fc.oneof(...everyday, ...restarts.slice(2));
/** Processes crash and power is cut. The disk works. */
export const deadly: fc.Arbitrary<Command> = fc.oneof(...everyday, ...restarts);
/** Single writes fail, and no written byte is lost: every promise must hold. */
export const troubled: fc.Arbitrary<Command> = fc.oneof(
  ...everyday,
  arbitrary(10, 'fail', {
    life,
    kinds: fc.constantFrom<readonly OperationKind[]>(['write'], ['open'], ['write', 'open', 'close']),
    path: fc.constantFrom('-0.jsonl', '-1.jsonl', '.acks', '.acks', 'dead.jsonl'),
    code: fc.constant('EIO'),
    skip: fc.nat(1),
    times: fc.constantFrom(1, 2),
    does: fc.constantFrom('nothing', 'part', 'all'),
    picks,
  }),
  arbitrary(2, 'mend', { life }),
  arbitrary(2, 'close', { life }),
  arbitrary(1, 'crash', { life, picks, saves: fc.boolean() }),
);
/** The disk fails, and the processes survive. */
export const failing: fc.Arbitrary<Command> = fc.oneof(...everyday, ...faults);
/** All commands. */
export const anything: fc.Arbitrary<Command> = fc.oneof(...everyday, ...restarts, ...faults);

/** More pending events than memory holds: they are read back from disk, around crashes and failures. */
export const large: fc.Arbitrary<Command> = fc.oneof(
  arbitrary(20, 'offer', {
    life,
    lanes: fc.oneof(fc.constant(LANES), fc.subarray(LANES, { minLength: 1 })),
    count: fc.integer({ min: 4, max: 8 }),
    sample: fc.constant(0),
    units: fc.constantFrom(100, 400_000, 700_000),
    keyed: fc.boolean(),
  }),
  ...everyday.slice(1),
  ...restarts,
  ...faults.slice(0, 3),
);
