import { hasAnonymousId, usableByDestination } from '../event/browser-ids.js';
import type { Identity, IdentityInput } from '../event/identity.js';
import type { Hook } from '../host/hook.js';
import type { IdentitySource } from '../identity/identity-source.js';
import {
  isUnusableId,
  isUsable,
  normaliseIdentity,
  normaliseIds,
  withBrowserIds,
} from '../identity/normalise-identity.js';
import type { CallOptions, CallPlace, EventCall } from './call.js';
import type { CallLog } from './call-log.js';
import { captureMessages } from './capture.messages.js';

/** Decides the person of an event: from the call, otherwise from its surroundings, otherwise the fallback. */
export class Person {
  readonly #hook: Hook;

  constructor(
    private readonly fallback:
      IdentityInput | ((source: string | undefined) => IdentityInput | undefined) | undefined,
    private readonly identity: IdentitySource,
    private readonly calls: CallLog,
  ) {
    this.#hook = calls.hook('resolver_error', 'identity.fallback', '`identity.fallback`');
  }

  /**
   * `undefined` if there is no person; an identity without ids if all given ids are unusable.
   *
   * @param lanes the event's
   */
  of(
    call: EventCall<string>,
    options: CallOptions,
    place: CallPlace,
    lanes: readonly string[],
  ): Identity | undefined {
    if (call.userId !== undefined) return { userId: call.userId };
    const said = normaliseIds(options.userId, options.anonymousId);
    const who = said === undefined ? this.#around(options, place) : this.#said(said, call, options, place);
    const isKnown = who === undefined || isNamed(who) || hasAnonymousId(who.browserIds, lanes);
    return (isKnown ? who : undefined) ?? this.#fallback(place.source);
  }

  /** The person of a call that names none. */
  #around(options: CallOptions, { around, isDecided, browserIds }: CallPlace): Identity | undefined {
    if (options.browserIds !== undefined)
      return withBrowserIds(undefined, usableByDestination(options.browserIds));
    return isDecided ? withBrowserIds(undefined, browserIds) : this.identity.named(around);
  }

  #said(said: Identity, { type, name }: EventCall, options: CallOptions, place: CallPlace): Identity {
    // If no usable id is left, the rejection reports it.
    if (!isUsable(said)) return said;
    const { source, around, isDecided } = place;
    if (isUnusableId(options.userId) || isUnusableId(options.anonymousId))
      this.calls.notice('invalid_identity', { type, name, source }, captureMessages.unusableId);
    if (options.browserIds !== undefined)
      return withBrowserIds(said, usableByDestination(options.browserIds))!;
    if (isDecided) return withBrowserIds(said, place.browserIds)!;
    if (said.userId === undefined || said.anonymousId !== undefined) return said;
    return withBrowserIds(said, this.identity.browserIdsOf(said.userId, around))!;
  }

  #fallback(source: string | undefined): Identity | undefined {
    const { fallback } = this;
    if (typeof fallback !== 'function') return normaliseIdentity(fallback);
    return this.#hook.ask(() => fallback(source), normaliseIdentity);
  }
}

/** Whether the application gave an id, usable or not. */
function isNamed({ userId, anonymousId, browserIds }: Identity): boolean {
  return userId !== undefined || anonymousId !== undefined || browserIds === undefined;
}
