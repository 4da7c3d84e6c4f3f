import type { Reason } from '../event/reasons.js';
import { counted, eventsOf } from '../event/counted.js';

/** Why a destination's `credentials` function returned no usable credentials. Contains no value and no text of an error. */
export type CredentialsFailure =
  | { readonly kind: 'failed'; readonly code?: string | undefined }
  | { readonly kind: 'timeout' | 'no_values' | 'missing_value' | 'expired' };

const FAILED_AS: Readonly<Record<CredentialsFailure['kind'], string>> = {
  failed: 'failed',
  timeout: 'did not answer in time',
  no_values: 'returned no `values`',
  missing_value: 'returned a value that is missing',
  expired: 'returned credentials that have expired',
};
const CHECK_SERVICE = 'Check the function and the service that issues the credentials.';
const HINTS: Readonly<Record<CredentialsFailure['kind'], string>> = {
  failed: CHECK_SERVICE,
  timeout: `${CHECK_SERVICE} \`timeoutMs\` of the destination is the limit.`,
  no_values: 'Return `{ values: { token }, expiresAt }` with at least one value.',
  missing_value: 'Each value must be a text that is not blank. Check what the service returned.',
  expired: '`expiresAt` must be in the future, in epoch milliseconds (seconds times 1,000).',
};

/** All messages of the delivery. */
export const deliveryMessages = {
  parked: (lane: string, reason: string, answer: string | undefined): string => {
    const check =
      reason === 'unauthorized' ? 'credentials and the network path' : 'endpoint and configuration';
    return (
      `Destination '${lane}' is parked (${reason}${said(answer)}). ` +
      `No event is lost; one at a time is sent as a probe until one succeeds. Check its ${check}.`
    );
  },
  privateHost: (lane: string): string =>
    `Destination '${lane}' is parked (misconfigured): its host resolves to a private address, and \`allowPrivateHosts\` is false. ` +
    'Nothing was sent, and no event is lost. Delivery resumes when the host is public. Check the URL and its DNS records.',
  noRequest: (lane: string, reason: string, failure: string): string =>
    `Destination '${lane}' is parked (${reason}): its requests cannot be made (${failure}). ` +
    'Nothing was sent, and no event is lost. Delivery resumes when a request can be made. ' +
    'Check `dispatcher`, which must be one of undici 7 or 8, and the URL and headers of the destination.',
  /** @param cause a complete sentence */
  notConfigured: (lane: string, cause: string): string =>
    `Destination '${lane}' is parked (misconfigured). ${cause} ` +
    'Nothing is sent, and no event is lost. Delivery resumes when the configuration allows a request.',
  resumed: (lane: string): string => `Destination '${lane}' delivers again.`,
  failing: (lane: string, failure: string): string => {
    const check = failure.startsWith('PROXY_')
      ? 'The proxy of the environment refused the connection: check HTTPS_PROXY, its credentials and its rules, or add the host to NO_PROXY.'
      : "If this persists, check its URL, the platform's status page and the network path.";
    return `Destination '${lane}' is failing (${answered(failure)}). Events are queued and retried. ${check}`;
  },
  /** @param isValid the current credentials have not expired yet */
  noCredentials: (lane: string, failure: CredentialsFailure, isValid: boolean): string => {
    const code = failure.kind === 'failed' && failure.code !== undefined ? ` (${failure.code})` : '';
    const effect = isValid
      ? 'The current credentials are used until they expire.'
      : 'Nothing is sent meanwhile. No event is lost: all stay pending.';
    return (
      `The \`credentials\` function of destination '${lane}' ${FAILED_AS[failure.kind]}${code}. ${effect} ` +
      `The function is called again with growing pauses. ${HINTS[failure.kind]}`
    );
  },
  credentialsGiven: (lane: string): string => `Destination '${lane}' has valid credentials again.`,
  becauseNoCredentials: (trouble: string): string =>
    `The destination had no valid credentials: its \`credentials\` function gave none (${trouble}).`,
  recovered: (lane: string): string => `Destination '${lane}' answers again.`,
  dead: (lane: string, name: string, reason: string, answer: string | undefined): string =>
    `Destination '${lane}' rejected event '${name.slice(0, 100)}' (${reason}${said(brieflyOf(answer))}). ` +
    'It is kept as a dead letter; other events are delivered. Fix the code that records it. With journal(), ' +
    '`npx nestjs-tracking dead list` shows the answer, and `dead retry` sends it again.',
  outcomeUnknown: (lane: string, count: number, answer: string | undefined): string => {
    const kept = count === 1 ? 'It is kept as a dead letter and is' : 'They are kept as dead letters and are';
    return (
      `Destination '${lane}' may or may not have received ${eventsOf(count)} (${answered(brieflyOf(answer))}), and does not recognise ` +
      `repeats. ${kept} not sent again. ` +
      'Check at the platform whether they arrived. With journal(), `npx nestjs-tracking dead retry` sends them again, and `dead drop` deletes them.'
    );
  },
  overCapacity: (lane: string, intake: number, capacity: number): string =>
    `Destination '${lane}' received ${intake} events/s for a minute and can deliver about ${capacity}/s ` +
    '(parallel attempts divided by the round trip), so its backlog grows. Raise `concurrency`, or send it fewer events.',
  refusedFirst: (lane: string, answer: string | undefined): string =>
    `Destination '${lane}' refused a request, and has delivered nothing yet (${answered(answer)}). No event is lost; they stay pending ` +
    'and are retried. Check its endpoint, its credentials, and the format of what it sends. `stats().lanes` shows the whole answer in `lastRefusal`.',
  refused: (lane: string, answer: string | undefined): string =>
    `Destination '${lane}' refused a request (${answered(answer)}). Its events are retried in smaller batches; one that is refused ` +
    'again while others are delivered becomes a dead letter. `stats().lanes` shows the whole answer in `lastRefusal`.',
  becauseParked: (reason: Reason, answer: string | undefined): string =>
    `The destination is parked (${reason}${said(brieflyOf(answer))}).`,
  becauseAllRefused: (count: number, answer: string): string => {
    const requests = count === 1 ? 'the only request' : `all ${counted(count, 'request')}`;
    return `The destination refused ${requests} and delivered nothing (${answered(briefly(answer))}).`;
  },
  becauseRefused: (count: number, answer: string): string => {
    const requests = count === 1 ? 'request' : counted(count, 'request');
    return `The destination refused the last ${requests} (${answered(briefly(answer))}).`;
  },
  becauseFailing: (failure: string): string => `The destination was failing (${answered(failure)}).`,
  becauseAskedToWait: (): string => 'The platform asked to wait (Retry-After).',
  becauseOfTime: (): string => 'The time limit (`shutdown.timeoutMs`) was too short.',
  /** @param cause one of the sentences above */
  undrained: (lane: string, count: number, cause: string): string => {
    const they = count === 1 ? 'it is' : 'they are';
    return (
      `Shut down with ${eventsOf(count)} not delivered to '${lane}'; with memory() ${they} ` +
      `lost. ${cause} Fix the cause, or keep pending events with journal().`
    );
  },
};

/** Replaces the body, also in dead letters. */
export function undecoded(encoding: string, bytes: number): string {
  const named = encoding === '' ? 'an unknown encoding' : encoding;
  const unit = bytes === 1 ? 'byte' : 'bytes';
  return `(a body in ${named} that cannot be decoded, ${bytes} ${unit})`;
}

/** The status and the text of a kept answer, for a log line. */
export function briefly(kept: string): string {
  return kept.split(': ', 1)[0] ?? '';
}

function brieflyOf(kept: string | undefined): string | undefined {
  return kept === undefined ? undefined : briefly(kept);
}

/** An answer as a part of a sentence; of a failure, only its code. */
function said(answer: string | undefined): string {
  return answer === undefined ? '' : `, ${answered(answer)}`;
}

function answered(answer: string | undefined): string {
  if (answer === undefined) return 'no answer';
  return /^\d/.test(answer) ? `answer ${answer}` : answer;
}
