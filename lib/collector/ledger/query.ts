import { hideCredentials } from '../credentials/hide-credentials.js';
import { hideInJson } from '../credentials/hide-in-json.js';
import type { KeptEvent, KeptRequest } from './kept.js';
import type { EventKind, ReceivedOutcome } from './received.js';

export interface Query {
  readonly platform?: string | undefined;
  /** Text in any member, in upper or lower case. */
  readonly search?: string | undefined;
  readonly limit?: number | undefined;
  /** Numbers below this only. */
  readonly before?: number | undefined;
}

export interface EventQuery extends Query {
  readonly kind?: EventKind | undefined;
  /** Compared as the platform compares names. */
  readonly name?: string | undefined;
  /** Any id of the person, also one that was joined to it. */
  readonly person?: string | undefined;
  readonly outcome?: ReceivedOutcome | undefined;
  /** Numbers above this only. */
  readonly after?: number | undefined;
}

export function requestFilter({ platform, search: text }: Query): (request: KeptRequest) => boolean {
  const search = text === undefined ? undefined : new Search(text);
  return (request) =>
    (platform === undefined || request.platform === platform) &&
    (search === undefined || search.inTexts(request.problems) || isInTexts(request, search));
}

/** A search must not find hidden credentials. Hiding is expensive, so only items that the search finds are checked. */
function isInTexts(request: KeptRequest, search: Search): boolean {
  const isIn = ({ url, body, answer, headers }: Parameters<typeof hideCredentials>[0]): boolean =>
    search.inTexts([url, body, answer]) || search.inJson(headers);
  return isIn(request) && isIn(hideCredentials(request));
}

/** All ids of an event; an alias names another. */
export function idsOf(
  event: Pick<KeptEvent, 'kind' | 'name' | 'userId' | 'anonymousId'>,
): readonly (string | null)[] {
  const { kind, name, userId, anonymousId } = event;
  return kind === 'alias' ? [userId, anonymousId, name] : [userId, anonymousId];
}

export function isInEvent(
  { name, id, userId, anonymousId, properties, problems }: KeptEvent,
  search: Search,
): boolean {
  return (
    search.inTexts([name, id, userId, anonymousId]) ||
    search.inTexts(problems) ||
    (search.inJson(properties) && search.inJson(hideInJson(properties)))
  );
}

/** Finds a text in others. Upper and lower case make no difference. */
export class Search {
  readonly #plain: RegExp;
  /** The text as it is written in JSON. */
  readonly #written: RegExp;

  constructor(text: string) {
    this.#plain = literal(text);
    this.#written = literal(JSON.stringify(text).slice(1, -1));
  }

  inText(text: string | null): boolean {
    return text !== null && this.#plain.test(text);
  }

  inTexts(texts: readonly (string | null)[]): boolean {
    return texts.some((text) => this.inText(text));
  }

  /** In the names and values of JSON. Only a JSON text that may have it is parsed. */
  inJson(json: string): boolean {
    return this.#written.test(json) && this.#inValue(JSON.parse(json));
  }

  /** Without recursion: received values may be nested deeply. */
  #inValue(value: unknown): boolean {
    const pending = [value];
    while (pending.length > 0) {
      const each = pending.pop();
      if (typeof each !== 'object' || each === null) {
        if (this.#plain.test(String(each))) return true;
        continue;
      }
      for (const [name, inner] of Object.entries(each)) {
        if (!Array.isArray(each) && this.#plain.test(name)) return true;
        pending.push(inner);
      }
    }
    return false;
  }
}

function literal(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`), 'i');
}
