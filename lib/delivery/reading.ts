import { types } from 'node:util';
import type { Answer, Destination, Outcome, RequestOutcome } from '../destinations/destination.js';
import type { HeldEvent } from '../event/lane-event.js';
import type { Reason } from '../event/reasons.js';
import { disown } from '../host/disown.js';
import { guarded } from '../host/guarded.js';

/**
 * The failure of a request whose shared socket ended before its turn. Many hosts close a socket after a number of requests, so
 * this is not a fault of the platform: the request is sent again at once.
 */
export const CUT_OFF = 'CUT_OFF';

/** The failure of a request to a private address that is not allowed. Nothing was sent. */
export const PRIVATE_ADDRESS = 'PRIVATE_ADDRESS';

/** The failure of an attempt whose answer named events, and was cut. */
export const ANSWER_CUT = 'ANSWER_CUT';

/** Why a part of an answer is missing: the connection ended, or the answer exceeds the limit. */
export type AnswerCut = 'early' | 'long';

/** The failure of a request that was not made, because the destination's configuration allows none. */
export const NOT_CONFIGURED = 'NOT_CONFIGURED';

const ERROR_CODE = /^[A-Z0-9_]{1,40}$/;

/** How an attempt ended: an answer, or a failure. */
export type AttemptResult =
  /** An incomplete answer without `cut` is one that cannot be decoded. */
  | { readonly answer: Answer; readonly cut?: AnswerCut | undefined }
  /**
   * No answer: refused, reset, timed out. `failure` is a code, never a text of the transport, which may contain URLs. `isUnsent`:
   * no byte of the request was written.
   */
  | { readonly failure: string; readonly isUnsent?: boolean };

/** The code of a failure, or the status of an answer. */
export function failureOf(result: AttemptResult): string {
  return 'failure' in result ? result.failure : String(result.answer.status);
}

/** The code of an error, also of its cause, as `fetch()` reports one. Never its text, which may carry URLs, headers and secrets. */
export function failureCode(error: unknown): string | undefined {
  return guarded(() => {
    const { code, cause } = Object(error) as { code?: unknown; cause?: { code?: unknown } | null };
    return [code, cause?.code].find(
      (each): each is string => typeof each === 'string' && ERROR_CODE.test(each),
    );
  });
}

/**
 * Codes of a request that cannot be made: of our own check, and of undici, also of a version that does not support our handler.
 */
const NO_REQUEST: ReadonlySet<string | undefined> = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

/** Whether a failure means that nothing was sent, because no request can be made of the result of `encode`. */
export function isNoRequest(failure: string | undefined): boolean {
  return NO_REQUEST.has(failure);
}

/** The outcome of a request for events that its answer does not name. */
export type RequestReading =
  | { readonly kind: 'delivered'; readonly verified: boolean }
  | { readonly kind: 'retry'; readonly afterMs?: number | undefined }
  /** The outcome is unknown, and it must not be sent twice. */
  | { readonly kind: 'unknown' }
  /** The platform accepted it, but the outcomes of single events were cut. */
  | { readonly kind: 'unread'; readonly cut: AnswerCut }
  /** The platform did not read it: it is sent again at once. */
  | { readonly kind: 'again' }
  /** Credentials or configuration are wrong: the lane parks. */
  | { readonly kind: 'park'; readonly reason: Reason; readonly areCredentialsRejected?: true }
  /** Some event in it is refused, and it is unknown which. */
  | { readonly kind: 'refuse' };

/** The outcome of an attempt, by event if the platform names them. */
export interface Reading {
  readonly request: RequestReading;
  readonly events?: ReadonlyMap<string, Outcome> | undefined;
}

const PARKING: ReadonlyMap<number, Reason> = new Map([
  [403, 'unauthorized'],
  [402, 'misconfigured'],
  [404, 'misconfigured'],
  [405, 'misconfigured'],
  [410, 'misconfigured'],
  [415, 'misconfigured'],
]);

/** Failures before a request is written, with any dispatcher. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  CUT_OFF,
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const BY_WORD: ReadonlyMap<unknown, RequestReading> = new Map<RequestOutcome, RequestReading>([
  ['delivered', { kind: 'delivered', verified: true }],
  ['retry', { kind: 'retry' }],
  ['tooLarge', { kind: 'refuse' }],
  ['unauthorized', { kind: 'park', reason: 'unauthorized', areCredentialsRejected: true }],
  ['misconfigured', { kind: 'park', reason: 'misconfigured' }],
  ['refused', { kind: 'refuse' }],
]);

const OUTCOMES: ReadonlySet<unknown> = new Set<Outcome['kind']>(['delivered', 'retry', 'rejected']);

/** The members of a destination that decide how an attempt is read. */
export type Reader = Pick<Destination, 'decode' | 'acknowledgement' | 'onUnknown'>;

/** Reads an attempt by the destination's `decode` if it returns an outcome, otherwise by the class of the status. */
export function readAttempt(
  result: AttemptResult,
  destination: Reader,
  batch: readonly HeldEvent[],
): Reading {
  if ('failure' in result) {
    if (result.failure === PRIVATE_ADDRESS) return { request: { kind: 'park', reason: 'misconfigured' } };
    if (result.failure === CUT_OFF) return { request: { kind: 'again' } };
    return { request: { kind: isUnknown(result, destination) ? 'unknown' : 'retry' } };
  }
  const { answer } = result;
  const unsaid = byStatus(result, destination);
  const said = guarded(() => decodedAnswer(answer, destination, batch));
  if (said === undefined) {
    return { request: unsaid.kind === 'delivered' ? { kind: 'delivered', verified: false } : unsaid };
  }
  const { request = unsaid, events } = said;
  // A part of an answer does not prove that every event was accepted.
  const isProven = request.kind !== 'delivered' || unsaid.kind !== 'unread';
  return { request: isProven ? request : unsaid, events };
}

/** The result of the destination's `decode`, which may throw. */
function decodedAnswer(answer: Answer, destination: Reader, batch: readonly HeldEvent[]): Partial<Reading> {
  const decoded: unknown = destination.decode?.(answer, batch.slice());
  if (types.isMap(decoded)) return { events: outcomesOf(decoded) };
  disown(decoded);
  return { request: byWord(decoded) };
}

/** Whether an attempt failed with an unknown outcome. */
export function mayBeTaken(result: AttemptResult): boolean {
  if ('answer' in result) return result.answer.status >= 500 && result.answer.status !== 503;
  const { failure, isUnsent = false } = result;
  return !isUnsent && !isNoRequest(failure) && !NEVER_SENT.has(failure) && !failure.startsWith('PROXY_');
}

/** Whether that is so, and the destination wants each event at most once. */
export function isUnknown(result: AttemptResult, { onUnknown }: Pick<Reader, 'onUnknown'>): boolean {
  return onUnknown === 'dead' && mayBeTaken(result);
}

function byWord(decoded: unknown): RequestReading | undefined {
  const word = BY_WORD.get(decoded);
  if (word !== undefined || typeof decoded !== 'object' || decoded === null) return word;
  const { kind, afterMs } = decoded as { kind?: unknown; afterMs?: unknown };
  if (kind !== 'retry') return undefined;
  return { kind, afterMs: typeof afterMs === 'number' && afterMs > 0 ? afterMs : undefined };
}

/** Only valid outcomes: an event with any other value counts as not named. */
function outcomesOf(decoded: ReadonlyMap<unknown, unknown>): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const [id, outcome] of decoded as ReadonlyMap<string, Outcome | null | undefined>) {
    if (!outcome || !OUTCOMES.has(outcome.kind)) continue;
    outcomes.set(id, outcome);
  }
  return outcomes;
}

function byStatus(result: { answer: Answer; cut?: AnswerCut | undefined }, by: Reader): RequestReading {
  const { status, complete } = result.answer;
  if (status >= 200 && status < 300) {
    const isUnread = result.cut !== undefined && by.acknowledgement === 'perEvent' && by.onUnknown !== 'dead';
    return isUnread ? { kind: 'unread', cut: result.cut! } : { kind: 'delivered', verified: complete };
  }
  if (isUnknown(result, by)) return { kind: 'unknown' };
  if (status === 408 || status === 429 || status >= 500) return { kind: 'retry' };
  // A 403 may also be about permissions or the content.
  if (status === 401) return BY_WORD.get('unauthorized')!;
  const reason = PARKING.get(status);
  if (reason !== undefined) return { kind: 'park', reason };
  if (status < 400) return { kind: 'park', reason: 'misconfigured' };
  return { kind: 'refuse' };
}
