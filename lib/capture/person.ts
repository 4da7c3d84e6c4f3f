import { types } from 'node:util';
import { hasAnonymousId, usableByDestination, type BrowserIdsByDestination } from '../event/browser-ids.js';
import type { Identity, IdentityInput } from '../event/identity.js';
import type { Notice } from '../event/notices.js';
import { disown } from '../host/disown.js';
import {
  isUnusableId,
  isUsable,
  normaliseIdentity,
  normaliseIds,
  withBrowserIds,
} from '../identity/normalise-identity.js';
import type { Surroundings } from '../identity/request-scope.js';
import type { CallPlace } from './call-place.js';
import { captureMessages } from './capture.messages.js';
import type { CallOptions, EventCall } from './event-call.js';

/** What decides about whom an event is. */
export interface PersonSetup {
  readonly fallback: IdentityInput | ((source: string | undefined) => IdentityInput | undefined) | undefined;
  /** The identity of the running code, or a mark that it has only unusable ids. */
  readonly identity: (around: Surroundings | undefined) => Identity | undefined;
  /** The browser ids of the running identity, if it is this user's. */
  readonly browserIdsOf: (
    userId: string,
    around: Surroundings | undefined,
  ) => BrowserIdsByDestination | undefined;
  /** An event's name as the log may have it. */
  readonly shownName: (name: string) => string;
  notice(notice: Notice, about: string, message: () => string): void;
}

/** Decides about whom an event is: what the call says, else what its surroundings say, else the fallback. */
export class Person {
  /** The fallback is being asked. */
  #asking = false;

  constructor(private readonly setup: PersonSetup) {}

  /**
   * `undefined` for nobody; an identity without ids if all given ids are unusable.
   *
   * @param lanes the event's
   */
  of(
    call: EventCall,
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
      const about =
        source ?? (type === 'track' && typeof name === 'string' ? this.setup.shownName(name) : `${type}()`);
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
    // Asked about the events that it records itself, it would record more.
    if (this.#asking) return undefined;
    this.#asking = true;
    try {
      const given: unknown = fallback(source);
      if (!types.isPromise(given)) return normaliseIdentity(given);
      disown(given);
    } catch {
      // Counted like a promise, below: both are nobody.
    } finally {
      this.#asking = false;
    }
    this.setup.notice('resolver_error', 'identity.fallback', () =>
      captureMessages.hookFailed('`identity.fallback`'),
    );
    return undefined;
  }
}

/** By an id of the application's own, or by unusable ones that it gave. */
function isNamed({ userId, anonymousId, browserIds }: Identity): boolean {
  return userId !== undefined || anonymousId !== undefined || browserIds === undefined;
}
