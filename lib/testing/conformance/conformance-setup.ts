import type { Destination } from '../../destinations/destination.js';
import type { DestinationOptions } from '../../destinations/destination-options.js';
import type { RULE_TITLES } from './conformance.messages.js';

/** The name of one rule that `destinationConformance()` checks. */
export type ConformanceRule = keyof typeof RULE_TITLES;

/** A request as the platform receives it. */
export interface ConformanceRequest {
  readonly method: string;
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** As text, decompressed. */
  readonly body: string;
  /** The ids of its events, in order. */
  readonly ids: readonly string[];
}

/** An answer of the platform. */
export interface PlatformAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
}

/** An answer, or a function that makes it from the request. */
export type AnswerExample = PlatformAnswer | ((request: ConformanceRequest) => PlatformAnswer);

/** Answers as the platform documents them. */
export interface ConformanceAnswers {
  /** The request was accepted. Default: status 200 without a body. */
  readonly success?: AnswerExample | undefined;
  /** Accepted, but the platform rejects the first event of `request.ids` by name. Required with `acknowledgement: 'perEvent'`. */
  readonly rejected?: ((request: ConformanceRequest) => PlatformAnswer) | undefined;
  /** Default: status 503. */
  readonly unavailable?: AnswerExample | undefined;
  /** Too many requests. Default: status 429 with `retry-after: 30`. */
  readonly throttled?: AnswerExample | undefined;
  /** The credentials are wrong. Default: status 401. */
  readonly unauthorized?: AnswerExample | undefined;
  /** The request is invalid as a whole. Default: status 400. */
  readonly invalid?: AnswerExample | undefined;
  /** The request is too large. Default: status 413. */
  readonly tooLarge?: AnswerExample | undefined;
}

/** Options of {@link destinationConformance}. */
export interface ConformanceSetup {
  /**
   * Makes a new destination. Called often.
   *
   * @param options options that every destination has; pass them to your factory
   * @param credentials false: leave the credentials out, as on a machine without them
   */
  readonly create: (options: DestinationOptions, credentials: boolean) => Destination;
  /**
   * Every secret that `create` uses, in its original form: keys, tokens, passwords. The values of a `credentials` function are
   * added. Default: none.
   */
  readonly secrets?: readonly string[] | undefined;
  /** Cookies of the platform's browser library, with values as it writes them. Default: none. */
  readonly cookies?: Readonly<Record<string, string>> | undefined;
  /** Default: only statuses, without bodies. */
  readonly answers?: ConformanceAnswers | undefined;
  /** Rules that the platform cannot keep, each with the reason. The reason becomes part of the test's name. */
  readonly skip?: { readonly [Rule in ConformanceRule]?: string | undefined } | undefined;
  /** Number of generated events. Default 100. */
  readonly runs?: number | undefined;
  /** Selects the generated events. The same seed gives the same events. Default 1. */
  readonly seed?: number | undefined;
}

/** One test for any test runner. */
export interface ConformanceTest {
  readonly rule: ConformanceRule;
  /** The requirement of the rule, and the reason if it is skipped. */
  readonly name: string;
  /** Rejects with an `Error` if the destination breaks the rule. */
  readonly run: () => Promise<void>;
}
