import { badChoice } from '../config/check-option.js';
import { count } from '../config/kinds.js';
import { option, type Option, type OptionsOf } from '../config/option.js';

/** A longer delay is probably a typing error. */
const MAX_DELAY_MS = 3_600_000;
const ONLY_ONE = '1 or nothing: this platform takes one operation per request';

/** The part of `DestinationFacts` that batches depend on; importing it would be a cycle. */
interface BatchFacts {
  readonly limits: { readonly maxEvents: number; readonly maxBytes: number };
  readonly maxDelayMs?: number | undefined;
}

export const batchOptions = ({ limits: { maxEvents, maxBytes }, maxDelayMs }: BatchFacts) => ({
  /**
   * Events in one request.
   * @default 500
   */
  maxEvents: (maxEvents === 1 ? onlyOne() : count(1, maxEvents)).default(Math.min(500, maxEvents)),
  /**
   * Bytes of one request's body before compression, UTF-8.
   * @default 512,000
   */
  // If a request has one event, a lower limit would only turn large events into dead letters.
  maxBytes: count(1, maxBytes).default(maxEvents === 1 ? maxBytes : Math.min(512_000, maxBytes)),
  /**
   * Longest wait of the first event of a batch for further events, in milliseconds.
   * @default 1,000
   */
  maxDelayMs: count(0, MAX_DELAY_MS).default(maxDelayMs ?? (maxEvents === 1 ? 0 : 1_000)),
});

/** How a lane cuts its batches. A batch is sent when the first of the three is reached. */
export interface BatchOptions extends OptionsOf<ReturnType<typeof batchOptions>> {}

function onlyOne(): Option<number> {
  return option('number', ONLY_ONE, (path, value) => {
    if (value !== 1) throw badChoice(path, value, ONLY_ONE);
  });
}
