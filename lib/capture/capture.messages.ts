import type { Reason } from '../event/reasons.js';

const REMEDIES: Partial<Record<Reason, string>> = {
  no_identity:
    'nobody is known to attribute it to. Pass `userId` or `anonymousId`, call it within a request whose user is known, ' +
    'use `runAs()`, or set `identity.fallback`',
  invalid_name: 'its name must be a non-empty string of at most 1,000 characters',
  invalid_id: 'an id is missing, or both ids of an alias are the same',
  invalid_timestamp: '`timestamp` must be a valid Date or epoch milliseconds',
  unserialisable:
    'its properties cannot be written as JSON: convert a BigInt with String(), leave out circular references and getters that throw',
  too_large: 'its JSON is larger than `maxEventBytes`',
  option_error: 'an option function of @Track() threw',
  async_option: 'an option function of @Track() returned a promise; they must be synchronous',
  invalid_properties:
    'its properties do not fit the tracking plan; stats().plan tells which. Mend the call, or the plan',
  not_in_plan: 'the tracking plan has no event of this name. Add it to the plan, or mend the name',
  consent_error:
    "a `consent` hook threw, or returned something else than 'allow', 'drop', 'strip' or undefined. It is synchronous, and is " +
    'called without a request where there is none',
  sampling_error: '`sampling` threw, or returned something else than a number from 0 to 1. It is synchronous',
  redact_error:
    'the `redact` hook or a pattern of `redact.values` threw or returned something else than it should, or a hook of the ' +
    'module made this event itself; it is not sent unredacted. Mend the hook',
  no_destination: 'it names no destination that exists',
  closed: 'the application has shut down its tracking',
  unbound: 'the decorated instance was made outside of Nest and is not known to the module',
  buffer_full: 'the buffer is full',
};

/** Every sentence that the door may say. */
export const captureMessages = {
  refused: (what: string, reason: Reason, error?: unknown): string =>
    `${what} was not recorded (${reason}): ${REMEDIES[reason] ?? 'see stats()'}${detail(error)}. Said once; stats() counts the others.`,
  declined: (what: string, lane: string, reason: Reason): string =>
    `${what} was not recorded: no destination that it was for takes it; '${lane}' says ${reason}. ` +
    'Said once; stats() counts the others.',
  hookFailed: (what: string): string => `${what} threw or returned a promise; it was passed over.`,
  keyEmpty: (source: string): string =>
    `${source}: an idempotency key was empty, or no string, number or bigint; the event got a new id and cannot be recognised when it is repeated.`,
  unusableEventId: (): string =>
    'The id that a client gave its copy of an event is no UUID, or one of version 5; the event got a new id, and the two ' +
    'cannot be recognised as one. Let the browser send the id in the form of crypto.randomUUID().',
  holdFull: (events: number, units: number): string =>
    `More waits in hold() than ${events} events, or ${units / (1024 * 1024)} MB of them; what came after was refused (buffer_full). Record fewer events in one transaction, or one with their sum.`,
  dropped: (lane: string, reason: Reason): string =>
    `Events for destination '${lane}' were dropped (${reason}); stats() counts them.`,
};

/** The class of an error, never its message: that may hold what the event holds. */
function detail(error: unknown): string {
  try {
    return error instanceof Error ? ` (${error.name})` : '';
  } catch {
    // A proxy, or an error whose name is a getter: what was thrown is as little ours as who threw it.
    return '';
  }
}
