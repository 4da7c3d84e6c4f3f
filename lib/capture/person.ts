import { hasAnonymousId, usableByDestination, type BrowserIdsByDestination } from '../event/browser-ids.js';
import type { Identity, IdentityInput } from '../event/identity.js';
import type { TellNotice } from '../observe/notices.js';
import {
  isUnusableId,
  isUsable,
  normaliseIdentity,
  normaliseIds,
  withBrowserIds,
} from '../identity/normalise-identity.js';
import type { Surroundings } from '../identity/scope/request-scope.js';
import type { CallNames } from './call-names.js';
import type { CallPlace } from './call-place.js';
import { captureMessages } from './capture.messages.js';
import type { CallOptions, EventCall } from './event-call.js';
import { Hook } from '../host/hook.js';

/** The sources of an event's person. */
export interface PersonSetup {
  readonly fallback: IdentityInput | ((source: string | undefined) => IdentityInput | undefined) | undefined;
  /** The identity of the running code; without ids if all of them are unusable. */
  readonly identity: (around: Surroundings | undefined) => Identity | undefined;
  /** The browser ids of the running identity, if it is this user's. */
  readonly browserIdsOf: (
    userId: string,
    around: Surroundings | undefined,
  ) => BrowserIdsByDestination | undefined;
  readonly names: CallNames;
  readonly notice: TellNotice;
}

/** Decides the person of an event: from the call, otherwise from its surroundings, otherwise the fallback. */
export class Person {
  readonly #hook: Hook;

  constructor(private readonly setup: PersonSetup) {
    this.#hook = new Hook(() =>
      setup.notice('resolver_error', 'identity.fallback', () =>
        captureMessages.hookFailed('`identity.fallback`'),
      ),
    );
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
    return isDecided ? withBrowserIds(undefined, browserIds) : this.setup.identity(around);
  }

  #said(said: Identity, { type, name }: EventCall, options: CallOptions, place: CallPlace): Identity {
    // If no usable id is left, the rejection reports it.
    if (!isUsable(said)) return said;
    const { source, around, isDecided } = place;
    if (isUnusableId(options.userId) || isUnusableId(options.anonymousId)) {
      const about = this.setup.names.placeOf({ type, name, source });
      this.setup.notice('invalid_identity', about, () => captureMessages.unusableId(about));
    }
    if (options.browserIds !== undefined)
      return withBrowserIds(said, usableByDestination(options.browserIds))!;
    if (isDecided) return withBrowserIds(said, place.browserIds)!;
    if (said.userId === undefined || said.anonymousId !== undefined) return said;
    return withBrowserIds(said, this.setup.browserIdsOf(said.userId, around))!;
  }

  #fallback(source: string | undefined): Identity | undefined {
    const { fallback } = this.setup;
    if (typeof fallback !== 'function') return normaliseIdentity(fallback);
    return this.#hook.ask(() => fallback(source), normaliseIdentity);
  }
}

/** Whether the application gave an id, usable or not. */
function isNamed({ userId, anonymousId, browserIds }: Identity): boolean {
  return userId !== undefined || anonymousId !== undefined || browserIds === undefined;
}
