import { types } from 'node:util';
import type { Identity, IdentityInput } from '../event/identity.js';
import type { Notice } from '../event/notices.js';
import { disown } from '../host/disown.js';
import { isUnusableId, isUsable, normaliseIdentity, normaliseIds } from '../identity/normalise-identity.js';
import type { Surroundings } from '../identity/request-scope.js';
import { captureMessages } from './capture.messages.js';
import type { CallOptions, EventCall } from './event-call.js';

/** What decides about whom an event is. */
export interface PersonSetup {
  readonly fallback: IdentityInput | ((source: string | undefined) => IdentityInput | undefined) | undefined;
  /** The identity of the running code, or a mark that it has only unusable ids. */
  readonly identity: (around: Surroundings | undefined) => Identity | undefined;
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
   * @param decided whether the call has used its surroundings already
   */
  of(
    { userId, type, name }: EventCall,
    options: CallOptions,
    source: string | undefined,
    around: Surroundings | undefined,
    decided: boolean,
  ): Identity | undefined {
    if (userId !== undefined) return { userId };
    const said = normaliseIds(options.userId, options.anonymousId);
    if (said === undefined)
      return (decided ? undefined : this.setup.identity(around)) ?? this.#fallback(source);
    // If no usable id is left, the rejection reports it.
    if (isUsable(said) && (isUnusableId(options.userId) || isUnusableId(options.anonymousId))) {
      const about =
        source ?? (type === 'track' && typeof name === 'string' ? this.setup.shownName(name) : `${type}()`);
      this.setup.notice('invalid_identity', about, () => captureMessages.unusableId(about));
    }
    return said;
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
