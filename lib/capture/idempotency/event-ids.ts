import { keyedId, newId } from '../../event/event-id.js';
import type { Identity } from '../../event/identity.js';
import type { TellNotice } from '../../observe/notices.js';
import { normaliseId, normaliseIds } from '../../identity/normalise-identity.js';
import type { CallNames } from '../call-names.js';
import type { CallPlace } from '../call-place.js';
import { captureMessages } from '../capture.messages.js';
import type { CallOptions, EventCall } from '../event-call.js';
import type { EventId, RequestKeys } from './request-keys.js';

/** The sources of ids. */
export interface EventIdsSetup {
  /** Called for each key. */
  readonly namespace: () => string;
  /** Absent without `idempotency`. */
  readonly requestKeys: RequestKeys | undefined;
  readonly names: CallNames;
  readonly notice: TellNotice;
}

/** Decides the id of an event: derived from its key, otherwise from a request that may be repeated, otherwise a new one. */
export class EventIds {
  constructor(private readonly setup: EventIdsSetup) {}

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
    const { requestKeys } = this.setup;
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
    return requestKeys.idOf({ scope, type, name, who, said });
  }

  of(
    { type }: EventCall,
    name: string,
    { key }: CallOptions,
    { source }: CallPlace,
    now: number,
    recurring: EventId | undefined,
  ): EventId {
    const { namespace, names, notice } = this.setup;
    if (key !== undefined) {
      const text = normaliseId(key);
      if (text !== undefined) return { id: keyedId(namespace(), type, name, text), keyed: true };
      const about = names.placeOf({ type, name, source });
      notice('key_empty', about, () => captureMessages.keyEmpty(about));
    }
    return recurring ?? { id: newId(now), keyed: false };
  }

  /** An id that a client chose would join a stripped event with the copy that the client sent. */
  stripped(given: EventId): EventId {
    if (given.owner === undefined) return given;
    return { id: this.setup.requestKeys!.unlinked(given), keyed: true };
  }
}
