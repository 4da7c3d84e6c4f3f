import type { EventKind } from '../../ledger/received-event.js';
import type { ReadEvent } from '../../platform.js';
import { idOf, isObject, textOf, type JsonObject } from '../reading/json.js';
import { isoTime } from '../reading/time.js';
import { noObject } from './webhook.messages.js';

export const NOTHING: JsonObject = Object.freeze({});
const KINDS: ReadonlySet<unknown> = new Set<EventKind>([
  'track',
  'identify',
  'group',
  'alias',
  'page',
  'screen',
]);

/** The kind that a text names; `track` for others. */
export function kindOf(value: unknown): EventKind {
  return KINDS.has(value) ? (value as EventKind) : 'track';
}

/**
 * Reads an event of the JSON that `webhook()` sends, and as much as it can of any other JSON: a body of an application's own
 * (`encode`) breaks no rule. `position` tells events of one request apart that have no id.
 */
export function readOwnEvent(value: unknown, webhookId: string | undefined, position: number): ReadEvent {
  const message = webhookId === undefined ? undefined : `${webhookId} ${position}`;
  if (!isObject(value)) return unreadEvent(noObject, { body: value }, message);
  const kind = kindOf(value['type']);
  const id = idOf(value['id']) ?? idOf(value['messageId']);
  return {
    kind,
    name: nameOf(kind, value),
    id,
    userId: idOf(value['userId']),
    anonymousId: idOf(value['anonymousId']),
    time: isoTime(value['timestamp']),
    properties: isObject(value['properties']) ? value['properties'] : isEvent(value) ? NOTHING : value,
    outcome: 'delivered',
    problems: [],
    repetition: id ?? message,
  };
}

/** An event that shows a body which cannot be read. */
export function unreadEvent(
  problem: string,
  properties: JsonObject,
  repetition: string | undefined,
): ReadEvent {
  return {
    kind: 'track',
    name: '',
    id: null,
    userId: null,
    anonymousId: null,
    time: null,
    properties,
    outcome: 'delivered',
    problems: [problem],
    repetition,
  };
}

function isEvent({ id, type }: JsonObject): boolean {
  return typeof id === 'string' && KINDS.has(type);
}

function nameOf(kind: EventKind, { name, event, groupId, previousId, type }: JsonObject): string {
  if (kind === 'identify') return '';
  if (kind === 'group') return idOf(groupId) ?? '';
  if (kind === 'alias') return idOf(previousId) ?? '';
  return textOf(name) ?? textOf(event) ?? (KINDS.has(type) ? '' : (textOf(type) ?? ''));
}
