import {
  hasAnonymousId,
  usableByDestination,
  type BrowserIdsByDestination,
} from '../../../event/browser-ids.js';
import { isObject } from '../../../event/json-values.js';
import type { EventJson } from '../../../event/event-json.js';

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const TYPES: readonly unknown[] = ['track', 'identify', 'group', 'alias'];

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTime = (value: unknown): boolean =>
  typeof value === 'string' && TIME.test(value) && !Number.isNaN(Date.parse(value));

/** An event of an export, with its browser ids by destination. */
export interface ImportedEvent extends EventJson {
  readonly browserIds?: BrowserIdsByDestination | undefined;
}

/** The event of a line of an export, without its states. Undefined for a value that no export has written. */
export function importedEvent(value: unknown): ImportedEvent | undefined {
  if (!isObject(value)) return undefined;
  const { id, type, name, timestamp, acceptedAt, properties, context } = value;
  const { userId, anonymousId, groups, groupId, groupType, previousId, source } = value;
  const isWhole =
    typeof id === 'string' && ID.test(id) && TYPES.includes(type) && isText(name) && isTime(timestamp);
  if (!isWhole || !isTime(acceptedAt) || !isObject(properties)) return undefined;
  if (context !== undefined && !isObject(context)) return undefined;
  const browserIds = usableByDestination(value['browserIds']);
  if (userId === undefined && anonymousId === undefined && !hasAnonymousId(browserIds)) return undefined;
  if (groups !== undefined && !(isObject(groups) && Object.values(groups).every(isText))) return undefined;
  const texts = [userId, anonymousId, groupId, groupType, previousId, source];
  if (!texts.every((text) => text === undefined || isText(text))) return undefined;
  return {
    id,
    type,
    name,
    timestamp,
    acceptedAt,
    userId,
    anonymousId,
    browserIds,
    groups,
    groupId,
    groupType,
    previousId,
    properties,
    context,
    source,
  } as ImportedEvent;
}
