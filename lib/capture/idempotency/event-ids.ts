import { keyedId, newId } from '../../event/event-id.js';
import type { Identity } from '../../event/identity.js';
import { normaliseId, normaliseIds } from '../../identity/normalise-identity.js';
import type { CallOptions, CallPlace, EventCall } from '../call.js';
import type { CallLog } from '../call-log.js';
import { captureMessages } from '../capture.messages.js';
import type { EventId } from '../made-event.js';
import type { RequestKeys } from './request-keys.js';

/** Decides the id of an event: derived from its key, otherwise from a request that may be repeated, otherwise a new one. */
export class EventIds {
  /**
   * @param namespace called for each key
   * @param requestKeys absent without `idempotency`
   */
  constructor(
    private readonly namespace: () => string,
    private readonly requestKeys: RequestKeys | undefined,
    private readonly calls: CallLog,
  ) {}

  /**
   * The id derived from the request, for an event without a key. Call it once for each event, before the event may be rejected: a
   * rejected event uses up its position in the request.
   */
  recurring(
    { type, userId }: EventCall,
    name: string,
    who: Identity,
    options: CallOptions,
    { around }: CallPlace,
  ): EventId | undefined {
    const { requestKeys } = this;
    const scope = around?.scope;
    if (requestKeys === undefined || scope === undefined) return undefined;
    if (normaliseId(options.key) !== undefined) {
      requestKeys.passBy(scope, type);
      return undefined;
    }
    const said =
      userId !== undefined ||
      around!.as !== undefined ||
      options.browserIds !== undefined ||
      normaliseIds(options.userId, options.anonymousId) !== undefined;
    return requestKeys.idOf(scope, type, name, who, said);
  }

  of(
    { type }: EventCall,
    name: string,
    { key }: CallOptions,
    { source }: CallPlace,
    now: number,
    recurring: EventId | undefined,
  ): EventId {
    if (key !== undefined) {
      const text = normaliseId(key);
      if (text !== undefined) return { id: keyedId(this.namespace(), type, name, text), keyed: true };
      this.calls.notice('key_empty', { type, name, source }, captureMessages.keyEmpty);
    }
    return recurring ?? { id: newId(now), keyed: false };
  }

  /** An id that a client chose would join a stripped event with the copy that the client sent. */
  stripped(given: EventId): EventId {
    if (given.owner === undefined) return given;
    return { id: this.requestKeys!.unlinked(given), keyed: true };
  }
}
