import { types } from 'node:util';
import type { Answer, Destination, Outcome, RequestOutcome } from '../destinations/destination.js';
import type { HeldEvent } from '../event/lane-event.js';
import type { Reason } from '../event/reasons.js';
import { disown } from '../host/disown.js';

/**
 * The failure of a request that shared a socket and had not had its turn when the socket ended. Hosts close a socket after so
 * many requests as a matter of course, so it says nothing against the platform: it is sent again at once.
 */
export const CUT_OFF = 'CUT_OFF';

/** The failure of a request to a private address that is not allowed. Nothing was sent. */
export const PRIVATE_ADDRESS = 'PRIVATE_ADDRESS';

/** How an attempt ended, on the wire. */
export type AttemptResult =
  | { readonly answer: Answer }
  /** No answer: refused, reset, timed out. `failure` is a code, never a text of the transport: those carry URLs. */
  | { readonly failure: string };

/** Codes of a request that cannot be made: by our own check, and by undici, also by one too old to know our handler. */
const NO_REQUEST: ReadonlySet<string | undefined> = new Set([
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
]);

/** Whether a failure says that nothing was sent, because no request can be made of what `encode` returned. */
export function isNoRequest(failure: string | undefined): boolean {
  return NO_REQUEST.has(failure);
}

/** What an attempt says about a request whose events it does not name. */
export type RequestReading =
  | { readonly kind: 'delivered'; readonly verified: boolean }
  | { readonly kind: 'retry' }
  /** It was not looked at: send it again at once. */
  | { readonly kind: 'again' }
  /** Credentials or configuration: nothing would get through, the lane parks. */
  | { readonly kind: 'park'; readonly reason: Reason; readonly areCredentialsRejected?: true }
  /** Something in it is refused, and it is not said what. */
  | { readonly kind: 'refuse' };

/** What an attempt says, per event where the platform names them. */
export interface Reading {
  readonly request: RequestReading;
  readonly events?: ReadonlyMap<string, Outcome>;
}

const PARKING: ReadonlyMap<number, Reason> = new Map([
  [403, 'unauthorized'],
  [402, 'misconfigured'],
  [404, 'misconfigured'],
  [405, 'misconfigured'],
  [410, 'misconfigured'],
  [415, 'misconfigured'],
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

/** Reads an attempt by the destination's own word where it has one, by the class of the status otherwise. */
export function readAttempt(
  result: AttemptResult,
  destination: Destination,
  batch: readonly HeldEvent[],
): Reading {
  if ('failure' in result) {
    if (result.failure === PRIVATE_ADDRESS) return { request: { kind: 'park', reason: 'misconfigured' } };
    return { request: result.failure === CUT_OFF ? { kind: 'again' } : { kind: 'retry' } };
  }
  const { answer } = result;
  const ok = answer.status >= 200 && answer.status < 300;
  try {
    const decoded: unknown = destination.decode?.(answer, batch.slice());
    if (types.isMap(decoded)) return { request: byStatus(answer), events: outcomesOf(decoded) };
    disown(decoded);
    return { request: BY_WORD.get(decoded) ?? byStatus(answer) };
  } catch {
    return { request: ok ? { kind: 'delivered', verified: false } : byStatus(answer) };
  }
}

/** Only what is an outcome: an event with another word is one that was not named. */
function outcomesOf(decoded: ReadonlyMap<unknown, unknown>): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  for (const [id, outcome] of decoded as ReadonlyMap<string, Outcome | null | undefined>) {
    if (!outcome || !OUTCOMES.has(outcome.kind)) continue;
    outcomes.set(id, outcome);
  }
  return outcomes;
}

function byStatus({ status, complete }: Answer): RequestReading {
  if (status >= 200 && status < 300) return { kind: 'delivered', verified: complete };
  if (status === 408 || status === 429 || status >= 500) return { kind: 'retry' };
  // A 403 is mostly about permissions, or about the content.
  if (status === 401) return BY_WORD.get('unauthorized')!;
  const reason = PARKING.get(status);
  if (reason !== undefined) return { kind: 'park', reason };
  if (status < 400) return { kind: 'park', reason: 'misconfigured' };
  return { kind: 'refuse' };
}
