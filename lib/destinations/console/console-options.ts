import { callback } from '../../config/kinds.js';
import type { OptionsOf } from '../../config/option.js';
import { destinationOptions, type DestinationOptions } from '../destination-options.js';

/** No event is too large to be printed. */
const LIMITS = { maxEvents: 500, maxBytes: 16_000_000, maxEventBytes: 16_000_000 };

export const consoleOptions = destinationOptions(
  // One request at a time, so that lines keep their order.
  { kind: 'console', limits: LIMITS, concurrency: 1, maxDelayMs: 0, without: ['headers', 'dispatcher'] },
  {
    /**
     * Prints a line, in place of Nest's logger: `(line) => logger.debug(line)`. If it throws, the batch is printed again
     * later.
     * @default Nest's logger
     */
    log: callback<(line: string) => void>(),
  },
);

/** Options of `console()`; all optional. */
export interface ConsoleOptions
  extends Omit<DestinationOptions, 'headers' | 'dispatcher'>, OptionsOf<typeof consoleOptions.own> {}
