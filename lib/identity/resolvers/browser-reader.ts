import type { ExecutionContext } from '@nestjs/common';
import { type BrowserIds, byDestination, usableBrowserIds } from '../../event/browser-ids.js';
import type { BrowserResolver } from '../../event/identity.js';
import { errorKind } from '../../host/error-trace.js';
import type { TellNotice } from '../../observe/notices.js';
import { resolverFailed, resolverIsAsync } from '../identity.messages.js';
import { normaliseId } from '../normalise-identity.js';
import type { BrowserRead, RequestScope } from '../scope/request-scope.js';

export interface ReadsBrowsers {
  readonly name: string;
  readonly resolvers?: readonly BrowserResolver[] | undefined;
}

/** Reads each destination's own browser ids from a request. */
export class BrowserReader {
  private constructor(
    private readonly destinations: readonly Required<ReadsBrowsers>[],
    private readonly notice: TellNotice,
  ) {}

  /** Undefined if no destination has a resolver. */
  static of(destinations: readonly ReadsBrowsers[], notice: TellNotice): BrowserReader | undefined {
    const reading = destinations.flatMap(({ name, resolvers = [] }) =>
      resolvers.length === 0 ? [] : [{ name, resolvers }],
    );
    return reading.length === 0 ? undefined : new BrowserReader(reading, notice);
  }

  read(scope: RequestScope): BrowserRead {
    // Destinations of one platform share a resolver: it is called once.
    const answers = new Map<BrowserResolver, Answer | undefined>();
    const ids: [string, BrowserIds][] = [];
    const claimed: string[] = [];
    for (const { name, resolvers } of this.destinations) {
      let known: BrowserIds | undefined;
      for (let index = 0; index < resolvers!.length; index++) {
        const resolver = resolvers![index]!;
        if (!answers.has(resolver)) {
          const place = `${placeOf(resolver, index)} of destination '${name}'`;
          const answer = askResolver(resolver, place, scope, this.notice, answerOf);
          if (answer?.claimed !== undefined) claimed.push(answer.claimed);
          answers.set(resolver, answer);
        }
        // The first one that returns a member decides it.
        known =
          known === undefined ? answers.get(resolver)?.ids : { ...answers.get(resolver)?.ids, ...known };
      }
      if (known !== undefined) ids.push([name, Object.freeze(known)]);
    }
    return { ids: byDestination(ids), claimed };
  }
}

interface Answer {
  readonly ids: BrowserIds | undefined;
  readonly claimed: string | undefined;
}

function answerOf({
  anonymousId,
  sessionId,
  clickIds,
  claimedUserId,
}: Readonly<Record<string, unknown>>): Answer {
  return {
    ids: usableBrowserIds({ anonymousId: normaliseId(anonymousId), sessionId, clickIds }),
    claimed: normaliseId(claimedUserId),
  };
}

/** A resolver of an identity or of browser ids. Its result is the application's, and is not checked yet. */
type Resolver = (request: unknown, context?: ExecutionContext) => unknown;

/**
 * Calls a resolver and contains all its errors. The result is read here because reading it may throw, too.
 *
 * @param place how warnings name it
 */
export function askResolver<T>(
  resolver: Resolver,
  place: string,
  { request, context }: RequestScope,
  notice: TellNotice,
  read: (claims: Readonly<Record<string, unknown>>) => T,
): T | undefined {
  try {
    const claims = resolver(request, context);
    if (typeof claims !== 'object' || claims === null) return undefined;
    const { then } = claims as Readonly<Record<string, unknown>>;
    if (typeof then !== 'function') return read(claims as Readonly<Record<string, unknown>>);
    // An unhandled rejection of the promise would end the process.
    then.call(claims, ignore, ignore);
    notice('resolver_error', place, () => resolverIsAsync(place));
  } catch (error) {
    notice('resolver_error', place, () => resolverFailed(place, errorKind(error)));
  }
  return undefined;
}

/** How warnings name the resolver at this place of a list. */
export function placeOf({ name }: { readonly name: string }, index: number): string {
  const number = `#${index + 1}`;
  return name === '' ? number : `${number} (${name})`;
}

function ignore(): void {}
