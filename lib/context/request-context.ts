import type { JsonObject, JsonValue } from '../event/tracking-event.js';
import type { RequestScope } from '../identity/scope/request-scope.js';
import { askedOf, type Fact, factsFor } from './facts.js';
import { guarded } from '../host/guarded.js';
import { valuesOf } from '../config/rows.js';
import { requestContextRows, type RequestContextOptions } from './request-context-options.js';
import { patternOf } from './route-pattern.js';

/** Reads the details of an event's request that the application has enabled. */
export class RequestContextReader {
  readonly #facts: readonly Fact[];
  readonly #wantsRoute: boolean;

  constructor(options: RequestContextOptions) {
    const values = valuesOf(requestContextRows, options);
    this.#facts = factsFor(values);
    this.#wantsRoute = values.route;
  }

  /**
   * Frozen plain JSON; `undefined` if no detail is known. Never throws. The details are read once, except the route, which is
   * read until Nest has found it.
   *
   * @param forAnother the event may be about another person than the client: details of the client are left out
   */
  read(scope: RequestScope, forAnother = false): JsonObject | undefined {
    const all = this.#read(scope);
    return forAnother && all !== undefined ? withoutClient(all) : all;
  }

  #read(scope: RequestScope): JsonObject | undefined {
    const known = this.#known(scope);
    if (known?.whole === true) return known.value;
    const facts = this.#factsOf(scope);
    const route = this.#wantsRoute ? guarded(() => patternOf(scope)) : undefined;
    const value = route === undefined ? facts : Object.freeze({ route, ...facts });
    scope.described = { reader: this, facts, value, whole: !this.#wantsRoute || route !== undefined };
    return value;
  }

  /** The operations of one GraphQL request have their own routes, and share all other details. */
  #factsOf(scope: RequestScope): JsonObject | undefined {
    const { root } = scope;
    const known = this.#known(root);
    if (known !== undefined) return known.facts;
    const facts = factsOf(root.request, scope, this.#facts);
    root.described = { reader: this, facts, value: facts, whole: false };
    return facts;
  }

  #known({ described }: RequestScope): Described | undefined {
    const known = described as Described | undefined;
    return known?.reader === this ? known : undefined;
  }
}

/** The cache of a scope. */
interface Described {
  /** The reader that filled it: two applications may handle one request. */
  readonly reader: RequestContextReader;
  /** The details that all handlers of the request share. */
  readonly facts: JsonObject | undefined;
  readonly value: JsonObject | undefined;
  /** The route is known, too. */
  readonly whole: boolean;
}

/** Details that are about the request, and not about the client. */
const OF_THE_CALL = ['method', 'route', 'requestId', 'traceparent'] as const;

function withoutClient(all: JsonObject): JsonObject | undefined {
  const kept: Record<string, JsonValue> = {};
  for (const member of OF_THE_CALL) {
    if (all[member] !== undefined) kept[member] = all[member];
  }
  return Object.keys(kept).length === 0 ? undefined : Object.freeze(kept);
}

function factsOf(request: unknown, scope: RequestScope, facts: readonly Fact[]): JsonObject | undefined {
  const asked = guarded(() => askedOf(request, scope));
  if (asked === undefined) return undefined;
  const found: Record<string, JsonValue> = {};
  for (const { member, read } of facts) {
    const value = guarded(() => read(asked));
    if (value !== undefined) found[member] = value;
  }
  return Object.keys(found).length === 0 ? undefined : Object.freeze(found);
}
