import { badOption } from '../config/check-option.js';
import { DEFAULT_LIMITS } from '../destinations/destination.js';
import { destinationOptions, type DestinationOptions } from '../destinations/destination-options.js';
import type { TrackingEvent } from '../event/tracking-event.js';
import { option, type OptionsOf } from '../config/option.js';

/** How a fake destination answers a request: a status, a status with headers and body, or an error of the connection. */
export type FakeAnswer =
  | number
  | {
      readonly status: number;
      /** Names in lower case, such as `retry-after`. */
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body?: string | undefined;
    }
  | { readonly error: 'ECONNREFUSED' | 'ECONNRESET' | 'ETIMEDOUT' | (string & {}) };

/** One request to a fake destination. */
export interface FakeRequest {
  /** 1 for the first one. */
  readonly number: number;
  readonly events: readonly TrackingEvent[];
  /** The status of the answer; absent until there is one, and if the connection failed. */
  readonly status?: number;
  /** The error of the connection, such as `ECONNREFUSED`. */
  readonly error?: string;
}

const SCRIPT = 'an array of answers, or a function that answers each request';

export const fakeOptions = destinationOptions(
  { kind: 'fake', limits: DEFAULT_LIMITS, without: ['headers', 'dispatcher'] },
  {
    /**
     * Answers to the first requests, in order, or a function that answers each request. Requests without an answer here
     * get 200.
     * @default 200
     */
    script: option<readonly FakeAnswer[] | ((request: FakeRequest) => FakeAnswer | undefined)>(
      'answers, or function',
      SCRIPT,
      (path, value) => {
        if (!Array.isArray(value) && typeof value !== 'function') throw badOption(path, value, SCRIPT);
      },
    ).default([]),
  },
);

/** Options of `fakeDestination()`; all optional. */
export interface FakeDestinationOptions
  extends Omit<DestinationOptions, 'headers' | 'dispatcher'>, OptionsOf<typeof fakeOptions.own> {}
