import type { BrowserIdsByDestination } from '../event/browser-ids.js';
import type { Identity, IdentityInput, IdentityResolver } from '../event/identity.js';
import { guarded } from '../host/guarded.js';
import type { TellNotice } from '../observe/notices.js';
import { askResolver, BrowserReader, placeOf, type ReadsBrowsers } from './resolvers/browser-reader.js';
import { unusableId, identityConflict } from './identity.messages.js';
import {
  identityOf,
  isIdentity,
  isUnusableId,
  isUsable,
  normaliseId,
  normaliseIdentity,
  UNUSABLE,
  withBrowserIds,
} from './normalise-identity.js';
import {
  type BrowserRead,
  type RequestScope,
  runAsIdentity,
  type Surroundings,
  surroundings,
} from './scope/request-scope.js';
import { userOf } from './resolvers/verified-user.js';

export interface IdentitySourceSetup {
  readonly resolvers: readonly IdentityResolver[];
  /** Destinations that read the ids of their platforms' browser libraries. */
  readonly destinations?: readonly ReadsBrowsers[] | undefined;
  readonly notice: TellNotice;
}

/** Finds the identity of the running code: of `runAs()`, otherwise of the request. */
export class IdentitySource {
  #resolving = false;
  readonly #browsers: BrowserReader | undefined;
  /** How warnings name each resolver. */
  readonly #places: readonly string[];

  constructor(private readonly setup: IdentitySourceSetup) {
    this.#places = setup.resolvers.map(placeOf);
    this.#browsers = BrowserReader.of(setup.destinations ?? [], setup.notice);
  }

  /** The identity; `undefined` if it is unknown. Outside of a request, it costs one read of the async context. */
  current(here?: Surroundings): Identity | undefined {
    const named = this.named(here);
    return isUsable(named) ? named : undefined;
  }

  /** As {@link current}, but returns an empty identity if all its ids are unusable. */
  named(here: Surroundings | undefined = surroundings()): Identity | undefined {
    if (here === undefined) return undefined;
    const { as, scope } = here;
    if (as === undefined) return scope && this.#ofRequest(scope);
    // A `runAs()` with the request's own user is still about that browser.
    if (this.#browsers === undefined || scope === undefined || !isUserAlone(as)) return as;
    const own = this.#ofRequest(scope);
    return own?.userId === as.userId ? withBrowserIds(as, own!.browserIds) : as;
  }

  /** The identity of the person who sent a request, regardless of `runAs()`. */
  sender(scope: RequestScope): Identity | undefined {
    const identity = this.#ofRequest(scope);
    return isUsable(identity) ? identity : undefined;
  }

  /** The browser ids for a call that names only a `userId`: those of the current identity, if it is the same user. */
  browserIdsOf(userId: string, here: Surroundings | undefined): BrowserIdsByDestination | undefined {
    if (here === undefined || (here.as === undefined && this.#browsers === undefined)) return undefined;
    const current = this.named(here);
    return current?.userId === userId ? current.browserIds : undefined;
  }

  /** Runs `fn`, and all work that it starts, with an identity. An identity without ids counts as not given. */
  runAs<T>(identity: IdentityInput, fn: () => T): T {
    const as = this.#read('runAs()', identity);
    return as === undefined ? fn() : runAsIdentity(as, fn);
  }

  #read(place: string, input: unknown): Identity | undefined {
    if (input === undefined || input === null) return undefined;
    if (typeof input === 'object' && isIdentity(input)) {
      const { userId, anonymousId } = input;
      if (isUnusableId(userId)) this.#unusable(place, 'userId');
      if (isUnusableId(anonymousId)) this.#unusable(place, 'anonymousId');
    } else this.#unusable(place, 'identity');
    return normaliseIdentity(input);
  }

  #unusable(place: string, member: string): void {
    this.setup.notice('invalid_identity', `${place}.${member}`, () => unusableId(place, member));
  }

  /**
   * Resolved only when an event needs it. A verified user is cached until `request.user` changes. A visitor is resolved each
   * time, because visitors may sign in during a request. Browser ids are read once.
   */
  #ofRequest(scope: RequestScope): Identity | undefined {
    const user = userIn(scope);
    const root = scope.root;
    const known = root.memory?.source === this ? root.memory : undefined;
    if (known?.identity?.userId !== undefined && known.user === user) return known.identity;

    // A resolver that calls `identity()` would call itself without end.
    if (this.#resolving) return undefined;
    const { identity, conflict, browser } = this.#resolveAlone(scope, known?.browser);
    const wasReported = known?.isConflictReported ?? false;
    root.memory = { source: this, identity, user, browser, isConflictReported: wasReported || conflict };
    if (conflict && !wasReported) this.setup.notice('identity_conflict', 'cookie', identityConflict);
    return identity;
  }

  #resolveAlone(scope: RequestScope, known: BrowserRead | undefined): Resolution {
    this.#resolving = true;
    try {
      return this.#resolve(scope, known ?? this.#browsers?.read(scope));
    } finally {
      // Also if the stack overflows: otherwise, no identity would be resolved any more.
      this.#resolving = false;
    }
  }

  #resolve(scope: RequestScope, browser: BrowserRead | undefined): Resolution {
    const { resolvers } = this.setup;
    let userId: string | undefined;
    let isUserUnusable = false;
    const answers: Resolved[] = [];
    for (let index = 0; index < resolvers.length; index++) {
      const claims = this.#ask(resolvers[index]!, this.#places[index]!, scope);
      if (claims === undefined) continue;
      // Only the first user id counts, because a later resolver may name another person.
      if (!isUserUnusable) userId ??= claims.userId;
      isUserUnusable ||= claims.isUserUnusable && userId === undefined;
      answers.push(claims);
    }
    const isAnother = (claim: string | undefined): boolean =>
      userId !== undefined && claim !== undefined && claim !== userId;
    const own = answers.filter(({ claimedUserId }) => !isAnother(claimedUserId));
    const conflict = own.length < answers.length || (browser?.claimed.some(isAnother) ?? false);
    const ids = identityOf(userId, own.find(({ anonymousId }) => anonymousId !== undefined)?.anonymousId);
    // A user with an unusable id may be another person than the browser's.
    if (ids === undefined && isUserUnusable) return { identity: UNUSABLE, conflict, browser };
    return { identity: conflict ? ids : withBrowserIds(ids, browser?.ids), conflict, browser };
  }

  #ask(resolver: IdentityResolver, place: string, scope: RequestScope): Resolved | undefined {
    return askResolver(
      resolver,
      place,
      scope,
      this.setup.notice,
      ({ userId, anonymousId, claimedUserId }) => {
        const isUserUnusable = isUnusableId(userId);
        if (isUserUnusable) this.#unusable(`Identity resolver ${place}`, 'userId');
        if (isUnusableId(anonymousId)) this.#unusable(`Identity resolver ${place}`, 'anonymousId');
        return {
          userId: normaliseId(userId),
          isUserUnusable,
          anonymousId: normaliseId(anonymousId),
          claimedUserId: normaliseId(claimedUserId),
        };
      },
    );
  }
}

interface Resolution {
  readonly identity: Identity | undefined;
  readonly conflict: boolean;
  readonly browser: BrowserRead | undefined;
}

interface Resolved {
  readonly userId: string | undefined;
  readonly isUserUnusable: boolean;
  readonly anonymousId: string | undefined;
  readonly claimedUserId: string | undefined;
}

function isUserAlone({ userId, anonymousId, browserIds }: Identity): boolean {
  return userId !== undefined && anonymousId === undefined && browserIds === undefined;
}

function userIn({ request, context }: RequestScope): unknown {
  return guarded(() => userOf(request, context));
}
