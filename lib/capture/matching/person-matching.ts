import { isDeepStrictEqual, types } from 'node:util';
import type { Identity } from '../../event/identity.js';
import type { HashedPerson } from '../../event/lane-event.js';
import type { PersonResolver } from '../../event/person-data.js';
import { disown } from '../../host/disown.js';
import type { Hook } from '../../host/hook.js';
import type { IdentitySource } from '../../identity/identity-source.js';
import type { RequestScope } from '../../identity/scope/request-scope.js';
import type { CallPlace } from '../call.js';
import type { CallLog } from '../call-log.js';
import type { PersonOfEvent } from '../made-event.js';
import { hashPerson } from './normalise-person.js';

/** Finds the data by which ad platforms recognise the person of an event. Created only if a destination needs it. */
export class PersonMatching {
  readonly #hook: Hook;

  constructor(
    /** The module's, for the person of a request. */
    private readonly resolver: PersonResolver | undefined,
    private readonly identity: IdentitySource,
    private readonly calls: CallLog,
  ) {
    this.#hook = calls.hook('resolver_error', RESOLVER, '`identity.person`');
  }

  /**
   * Undefined if there is none.
   *
   * @param given the call's option; null for no person
   * @param who the person of the event, by ids that are not hashed
   * @param name of the event
   */
  of(given: unknown, who: Identity, { source, around }: CallPlace, name: string): PersonOfEvent | undefined {
    if (given === null) return undefined;
    const { resolver } = this;
    const scope = around?.scope;
    if (given !== undefined) {
      return once(() => this.#hashed(given, this.calls.placeOf({ type: 'track', name, source })));
    }
    if (resolver === undefined || scope === undefined || !this.#isSender(who, scope)) return undefined;
    const ask = (): unknown =>
      this.#hook.ask(
        () => resolver(scope.request, scope.context),
        (person) => person,
      );
    return once(() => this.#hashed(ask(), RESOLVER));
  }

  /** With another person's data, the platform would match the event with the wrong person. */
  #isSender({ userId, anonymousId, browserIds }: Identity, scope: RequestScope): boolean {
    const sender = this.identity.sender(scope);
    if (sender === undefined) return false;
    if (userId !== undefined) return userId === sender.userId;
    if (sender.userId !== undefined || anonymousId !== sender.anonymousId) return false;
    // Without an id of the application, two visitors differ only by their browsers.
    return anonymousId !== undefined || isDeepStrictEqual(browserIds, sender.browserIds);
  }

  #hashed(given: unknown, about: string): HashedPerson | undefined {
    // A promise has no members: its data would be missing without a warning.
    if (types.isPromise(given)) disown(given);
    const person = types.isPromise(given) ? Number.NaN : given;
    return hashPerson(person, (field) => this.calls.unusablePerson(about, field));
  }
}

const RESOLVER = 'identity.person';

/** Plain data is released as soon as it is hashed. */
function once(make: PersonOfEvent): PersonOfEvent {
  let left: PersonOfEvent | undefined = make;
  let made: HashedPerson | undefined;
  return () => {
    if (left !== undefined) {
      const first = left;
      left = undefined;
      made = first();
    }
    return made;
  };
}
