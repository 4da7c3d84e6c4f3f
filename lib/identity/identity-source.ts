import type { Identity, IdentityInput, IdentityResolver } from '../event/identity.js';
import type { Notice } from '../event/notices.js';
import { resolverFailed, resolverIsAsync, unusableId, identityConflict } from './identity.messages.js';
import {
  identityOf,
  isIdentity,
  isUnusableId,
  isUsable,
  normaliseId,
  normaliseIdentity,
  UNUSABLE,
} from './normalise-identity.js';
import { type RequestScope, runAsIdentity, type Surroundings, surroundings } from './request-scope.js';
import { userOf } from './verified-user.js';

/** What an {@link IdentitySource} is made of. */
export interface IdentitySourceSetup {
  readonly resolvers: readonly IdentityResolver[];
  /** Counts a notice; `message` is for the first one about `about`. */
  notice(notice: Notice, about: string, message: () => string): void;
}

/** Knows on whose behalf the running code runs: `runAs` first, then the request. */
export class IdentitySource {
  #resolving = false;
  /** How warnings name each resolver. */
  readonly #places: readonly string[];

  constructor(private readonly setup: IdentitySourceSetup) {
    this.#places = setup.resolvers.map(
      ({ name }, index) => `#${index + 1}${name === '' ? '' : ` (${name})`}`,
    );
  }

  /** Who it is, or `undefined` for nobody. Outside of a request it costs one look at the async context. */
  current(here?: Surroundings): Identity | undefined {
    const named = this.named(here);
    return isUsable(named) ? named : undefined;
  }

  /** As {@link current}, but distinguishes nobody from an identity with only unusable ids. */
  named(here: Surroundings | undefined = surroundings()): Identity | undefined {
    if (here === undefined) return undefined;
    return here.as ?? (here.scope === undefined ? undefined : this.#ofRequest(here.scope));
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
   * Asked only when an event needs it. A verified user is kept until `request.user` changes; a visitor is asked for each
   * time, because whoever signs in during a request must not stay one.
   */
  #ofRequest(scope: RequestScope): Identity | undefined {
    const user = userIn(scope);
    const root = scope.root;
    const known = root.memory?.source === this ? root.memory : undefined;
    if (known?.identity?.userId !== undefined && known.user === user) return known.identity;

    // A resolver that asks who it is gets no answer: it is the one to give it.
    if (this.#resolving) return undefined;
    const { identity, conflict } = this.#resolveAlone(scope);
    const conflictTold = known?.conflictTold ?? false;
    root.memory = { source: this, identity, user, conflictTold: conflictTold || conflict };
    if (conflict && !conflictTold) this.setup.notice('identity_conflict', 'cookie', identityConflict);
    return identity;
  }

  #resolveAlone(scope: RequestScope): Resolution {
    this.#resolving = true;
    try {
      return this.#resolve(scope);
    } finally {
      // Also where a stack is too full to go on: left as it is, nobody would be known ever after.
      this.#resolving = false;
    }
  }

  #resolve(scope: RequestScope): Resolution {
    let userId: string | undefined;
    let anonymousId: string | undefined;
    let isUserUnusable = false;
    const claimed: string[] = [];
    const { resolvers } = this.setup;
    for (let index = 0; index < resolvers.length; index++) {
      const claims = this.#ask(resolvers[index]!, this.#places[index]!, scope);
      if (claims === undefined) continue;
      // Somebody is signed in; a later resolver may name another person.
      if (!isUserUnusable) userId ??= claims.userId;
      isUserUnusable ||= claims.isUserUnusable && userId === undefined;
      anonymousId ??= claims.anonymousId;
      if (claims.claimedUserId !== undefined) claimed.push(claims.claimedUserId);
    }
    return {
      identity: identityOf(userId, anonymousId) ?? (isUserUnusable ? UNUSABLE : undefined),
      conflict: userId !== undefined && claimed.some((claim) => claim !== userId),
    };
  }

  /** Everything that a resolver could do wrong happens in here. */
  #ask(resolver: IdentityResolver, place: string, scope: RequestScope): Resolved | undefined {
    try {
      const claims: unknown = resolver(scope.request, scope.context);
      if (typeof claims !== 'object' || claims === null) return undefined;
      const { then, userId, anonymousId, claimedUserId } = claims as Record<string, unknown>;
      if (typeof then === 'function') {
        // Its failure is nobody's to handle: left alone it would end the process.
        then.call(claims, ignore, ignore);
        this.setup.notice('resolver_error', place, () => resolverIsAsync(place));
        return undefined;
      }
      const isUserUnusable = isUnusableId(userId);
      if (isUserUnusable) this.#unusable(`Identity resolver ${place}`, 'userId');
      if (isUnusableId(anonymousId)) this.#unusable(`Identity resolver ${place}`, 'anonymousId');
      return {
        userId: normaliseId(userId),
        isUserUnusable,
        anonymousId: normaliseId(anonymousId),
        claimedUserId: normaliseId(claimedUserId),
      };
    } catch (error) {
      this.setup.notice('resolver_error', place, () => resolverFailed(place, nameOf(error)));
      return undefined;
    }
  }
}

interface Resolution {
  readonly identity: Identity | undefined;
  readonly conflict: boolean;
}

interface Resolved {
  readonly userId: string | undefined;
  readonly isUserUnusable: boolean;
  readonly anonymousId: string | undefined;
  readonly claimedUserId: string | undefined;
}

function ignore(): void {}

/** Only an error's kind: its message may hold what the resolver read. */
function nameOf(error: unknown): string {
  try {
    return error instanceof Error ? error.name : typeof error;
  } catch {
    return 'Error';
  }
}

function userIn({ request, context }: RequestScope): unknown {
  try {
    return userOf(request, context);
  } catch {
    return undefined;
  }
}
