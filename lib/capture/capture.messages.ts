import type { Reason } from '../event/reasons.js';

const REMEDIES: Partial<Record<Reason, string>> = {
  no_identity:
    'nobody is known to attribute it to. Pass `userId` or `anonymousId`, call it within a request whose user is known, ' +
    'use `runAs()`, or set `identity.fallback`',
  invalid_identity:
    'the call, runAs() or the verified user gave an id that cannot be one: null, an empty text, a number that is not finite, a plain object, ' +
    'bytes, a Date, or a word such as undefined. The event is not given to anybody else. Give a non-empty string, a finite number, a bigint, or an object ' +
    'whose toJSON() returns one; leave the id out where the person of the request is meant',
  invalid_name: 'its name must be a non-empty string of at most 1,000 characters',
  invalid_id:
    'an id is missing or cannot be one, or both ids of an alias are the same. Give a non-empty string, a finite number, a bigint, or an ' +
    'object whose toJSON() returns one',
  invalid_timestamp: '`timestamp` must be a valid Date or epoch milliseconds',
  unserialisable:
    'its properties cannot be written as JSON: convert a BigInt with String(), leave out circular references and getters that throw',
  too_large: 'its JSON is larger than `maxEventBytes`. Record less of it, or raise that',
  option_error: 'an option function of @Track() threw. Let it cope with whatever the method returns',
  async_option:
    'an option function of @Track() returned a promise; they are synchronous. Let the method return what they need',
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
  no_destination: 'it names no destination that exists. Give the `name` of one, or leave `destinations` out',
  closed: 'the application has shut down its tracking. Record before the last hook of the shutdown ends',
  unbound:
    'the decorated instance was made outside of Nest and is not known to the module. Let Nest make it, as a provider or by a factory',
  buffer_full: 'the buffer is full. Give it more room, or see to the destination that lags',
};

const DROPS: Partial<Record<Reason, string>> = {
  buffer_full: 'there was no room. Give the buffer more, or see to the destination',
  expired: 'they waited for too long. See to the destination, or raise `retry.maxAgeMs`',
  dead_letters_full:
    'newer dead letters took their place. See to what is refused, or raise `deadLetters.maxEvents`',
  damaged: 'they cannot be read from the disk any more. Check it, and see `npx nestjs-tracking verify`',
};

/** Every sentence that the door may say. */
export const captureMessages = {
  /** @param members of the user that the request has, by their names */
  refused: (what: string, reason: Reason, error?: unknown, members: readonly string[] = []): string =>
    `${what} was not recorded (${reason}${detail(error)}): ${REMEDIES[reason] ?? 'see stats()'}. ${unread(members)}Said once; stats() counts the others.`,
  declined: (what: string, lane: string, reason: Reason): string =>
    `${what} was not recorded: no destination that it was for takes it; '${lane}' says ${reason}. ` +
    'Leave it out, or send it to another one. Said once; stats() counts the others.',
  hookFailed: (what: string): string =>
    `${what} threw or returned a promise; it was passed over. It is synchronous: mend it. Said once; stats() counts the others.`,
  keyEmpty: (source: string): string =>
    `${source}: an idempotency key cannot be one; the event got a new id, and a repeated call counts twice. Give the id of the record: a ` +
    'non-empty string, a finite number, a bigint, or an object whose toJSON() returns one. Or leave the key out.',
  unusableId: (source: string): string =>
    `${source}: of \`userId\` and \`anonymousId\` one cannot be an id; the event has the other one alone. Give a non-empty string, a finite ` +
    'number, a bigint, or an object whose toJSON() returns one.',
  unusableEventId: (): string =>
    'The id that a client gave its copy of an event is no UUID, or of version 5 or 7, which are ours; the event got a new id, and the two ' +
    'cannot be recognised as one. Let the browser send the id in the form of crypto.randomUUID().',
  holdFull: (events: number, units: number): string =>
    `More waits in hold() than ${events} events, or ${units / (1024 * 1024)} MB of them; what came after was refused (buffer_full). Record fewer events in one transaction, or one with their sum.`,
  dropped: (lane: string, reason: Reason): string =>
    `Events for destination '${lane}' were dropped (${reason}): ${DROPS[reason] ?? 'this was asked for'}. stats() counts them.`,
};

/** The request has a user, and none of its members is the id that the resolvers look for. */
function unread(members: readonly string[]): string {
  if (members.length === 0) return '';
  const names = members.map((name) => `\`${name}\``).join(', ');
  return `The request has a user with the members ${names}: if one of them is the id, name it with fromRequestUser(). `;
}

/** The class of an error, never its message: that may hold what the event holds. */
function detail(error: unknown): string {
  try {
    return error instanceof Error ? `, ${error.name}` : '';
  } catch {
    // A proxy, or an error whose name is a getter: what was thrown is as little ours as who threw it.
    return '';
  }
}
