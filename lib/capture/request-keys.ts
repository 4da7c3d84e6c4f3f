import type { Identity } from '../event/identity.js';
import type { Notice } from '../event/notices.js';
import type { EventType } from '../event/tracking-event.js';
import { disown } from '../host/disown.js';
import { normaliseId } from '../identity/normalise-identity.js';
import type { RequestScope } from '../identity/request-scope.js';
import { routeOf } from '../identity/route-of.js';
import { captureMessages } from './capture.messages.js';
import type { IdempotencyOptions } from './idempotency-options.js';

/** Any version but 5: those are ours, derived from keys. */
const SHARED_ID = /^[\da-f]{8}-[\da-f]{4}-[1-46-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const SHARED_ID_LENGTH = 36;
const DEFAULT_HEADER = 'idempotency-key';

/** What the events of one request have been given so far. */
class RequestKey {
  /** How often each event of each person came. */
  readonly turns = new Map<string, number>();
  sharedIdTaken = false;

  constructor(
    /** Two applications may meet in one request. */
    readonly owner: RequestKeys,
    /** What the request is recognised by, and by which of the ways. */
    readonly given: readonly [way: string, id: string] | undefined,
  ) {}
}

/** Gives the events of a request ids that its repetition will give them again. */
export class RequestKeys {
  readonly #header: string | undefined;
  readonly #eventIdHeader: string | undefined;

  constructor(
    private readonly options: IdempotencyOptions,
    private readonly notice: (notice: Notice, about: string, message: () => string) => void,
  ) {
    const { header, eventId } = options;
    this.#header = header === true ? DEFAULT_HEADER : header === false ? undefined : header?.toLowerCase();
    this.#eventIdHeader = typeof eventId === 'string' ? eventId.toLowerCase() : undefined;
  }

  /**
   * What the id of the next event of this name is derived from; undefined where the request cannot be recognised.
   *
   * @param who whom the event is about: another person's repetition is none
   */
  next(scope: RequestScope, type: EventType, name: string, who: Identity): readonly string[] | undefined {
    const key = this.#of(scope);
    if (key.given === undefined) return undefined;
    const { method, pattern } = routeOf(scope.request);
    const person = personOf(who);
    const about = JSON.stringify([type, name, person, method, pattern]);
    const turn = key.turns.get(about) ?? 0;
    key.turns.set(about, turn + 1);
    return [...key.given, person, method, pattern, String(turn)];
  }

  /** The id that the client gave its own copy of this event. */
  shared(scope: RequestScope, type: EventType, name: string): string | undefined {
    const { eventId } = this.options;
    if (eventId === undefined) return undefined;
    const given =
      typeof eventId === 'string'
        ? this.#headerOnce(scope, type)
        : this.#ask(() => eventId(scope.request, { type, name }));
    if (given === undefined || given === null || given === '') return undefined;
    const id = typeof given === 'string' && given.length === SHARED_ID_LENGTH ? given.toLowerCase() : '';
    if (SHARED_ID.test(id)) return id;
    this.notice('invalid_event_id', 'idempotency.eventId', captureMessages.unusableEventId);
    return undefined;
  }

  /** One header names one event. */
  #headerOnce(scope: RequestScope, type: EventType): string | undefined {
    const key = this.#of(scope);
    if (type !== 'track' || key.sharedIdTaken || !isHttp(scope)) return undefined;
    key.sharedIdTaken = true;
    return headerOf(scope.request, this.#eventIdHeader!);
  }

  #of({ root }: RequestScope): RequestKey {
    const known = root.requestKey as RequestKey | undefined;
    if (known?.owner === this) return known;
    const made = new RequestKey(this, this.#given(root));
    root.requestKey = made;
    return made;
  }

  #given(scope: RequestScope): readonly [string, string] | undefined {
    const { webhookId } = this.options;
    if (webhookId !== undefined) {
      const id = normaliseId(this.#ask(() => webhookId(scope.request, scope.context)));
      if (id !== undefined) return ['webhook', id];
    }
    if (this.#header === undefined || !isHttp(scope)) return undefined;
    const key = headerOf(scope.request, this.#header)?.trim();
    return key === undefined || key === '' ? undefined : ['header', key];
  }

  #ask(question: () => unknown): unknown {
    try {
      const answer = question();
      if (typeof answer !== 'object' || answer === null) return answer;
      disown(answer);
    } catch {
      // Told of below: either way it is no id.
    }
    this.notice('hook_error', 'idempotency', () =>
      captureMessages.hookFailed('A function of the option `idempotency`'),
    );
    return undefined;
  }
}

/** Whom an id belongs to. */
export function personOf({ userId, anonymousId }: Identity): string {
  return userId === undefined ? `anonymous ${anonymousId}` : `user ${userId}`;
}

/** A socket's headers are those of its handshake: all its messages share them, and none of them is a repetition. */
function isHttp({ root }: RequestScope): boolean {
  return root.response !== undefined;
}

function headerOf(request: unknown, name: string): string | undefined {
  const headers = (request as { headers?: Record<string, unknown> | null } | null | undefined)?.headers;
  if (typeof headers !== 'object' || headers === null || !Object.hasOwn(headers, name)) return undefined;
  const value = headers[name];
  return typeof value === 'string' ? value : undefined;
}
