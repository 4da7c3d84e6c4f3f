import { type EventKind, isEventKind } from '../../ledger/received.js';
import type { CollectorRequest, ReadEvent } from '../../platform.js';
import { guarded } from '../../../host/guarded.js';
import { idOf, isObject, isoTime, objectOf, parseJson, textOf, type UnknownObject } from '../reading/json.js';
import { eventWith } from '../reading/reading.js';
import * as messages from './webhook.messages.js';

const NAME = /^[a-z0-9]+$/;
/** The one name with another character that the JSON format has. */
const DATA_BASE64 = 'data_base64';

/** Reads a CloudEvent in its structured form: one JSON object. */
export function readCloudEvent(value: unknown): ReadEvent {
  if (!isObject(value)) return eventWith({ problems: [messages.noObject] });
  const problems: string[] = [];
  const id = textOf(value['id']);
  const source = textOf(value['source']);
  const time = isoTime(value['time']);
  if (value['specversion'] !== '1.0') problems.push(messages.noSpecVersion);
  if (id === null) problems.push(messages.noId);
  if (source === null) problems.push(messages.noSource);
  if (textOf(value['type']) === null) problems.push(messages.noType);
  if (value['time'] !== undefined && time === null) problems.push(messages.noTime);
  if (DATA_BASE64 in value && 'data' in value) problems.push(messages.twoBodies);
  if (!Object.keys(value).every((name) => NAME.test(name) || name === DATA_BASE64))
    problems.push(messages.attributeName);

  const kind = kindOf(value['kind']);
  return eventWith({
    kind,
    name: nameOf(kind, value),
    id,
    ...idsOf(value),
    time,
    properties: propertiesOf(value),
    problems,
    repetition: id === null ? undefined : `${source} ${id}`,
  });
}

/** A CloudEvent in binary form: attributes in headers that begin with `ce-`, the data in the body. */
export function readBinary({ headers, body }: CollectorRequest): ReadEvent {
  const attributes: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-')) attributes[name.slice('ce-'.length)] = decoded(value);
  }
  const data = parseJson(body);
  return readCloudEvent({ ...attributes, ...(body !== '' && { data: data === undefined ? body : data }) });
}

/** Values of headers are percent-encoded UTF-8. */
function decoded(value = ''): string {
  return guarded(() => decodeURIComponent(value)) ?? value;
}

/** The ids are extension attributes; without those, the subject is the person. */
function idsOf({ userid, anonymousid, subject }: UnknownObject): Pick<ReadEvent, 'userId' | 'anonymousId'> {
  const anonymousId = textOf(anonymousid);
  const userId = textOf(userid);
  return { userId: userId === null && anonymousId === null ? textOf(subject) : userId, anonymousId };
}

function nameOf(kind: EventKind, { type, groupid, previousid }: UnknownObject): string {
  if (kind === 'identify') return '';
  if (kind === 'group') return textOf(groupid) ?? '';
  if (kind === 'alias') return textOf(previousid) ?? '';
  return textOf(type) ?? '';
}

/** The data, or the properties of a whole event in it. */
function propertiesOf(event: UnknownObject): UnknownObject {
  const { data, id } = event;
  const own = objectOf(data);
  if (id !== undefined && own['id'] === id && isObject(own['properties'])) return own['properties'];
  if (isObject(data)) return data;
  return data === undefined ? {} : { data };
}

/** The kind that a text names; `track` for others. */
function kindOf(value: unknown): EventKind {
  return isEventKind(value) ? value : 'track';
}

/** Reads the JSON that `webhook()` sends, and as much as it can of any other. `position` distinguishes events of one request without ids. */
export function readOwnEvent(value: unknown, webhookId: string | undefined, position: number): ReadEvent {
  const message = webhookId === undefined ? undefined : `${webhookId} ${position}`;
  if (!isObject(value)) return unreadBody(messages.noObject, value, message);
  const kind = kindOf(value['type']);
  const id = idOf(value['id']) ?? idOf(value['messageId']);
  return eventWith({
    kind,
    name: ownName(kind, value),
    id,
    userId: idOf(value['userId']),
    anonymousId: idOf(value['anonymousId']),
    time: isoTime(value['timestamp']),
    properties: ownProperties(value),
    repetition: id ?? message,
  });
}

/** An event that shows a body which cannot be read. */
export function unreadBody(problem: string, body: unknown, repetition: string | undefined): ReadEvent {
  return eventWith({ properties: { body }, problems: [problem], repetition });
}

/** An event without properties has none; of other JSON, the whole is shown. */
function ownProperties(value: UnknownObject): UnknownObject {
  const { id, type, properties } = value;
  if (isObject(properties)) return properties;
  return typeof id === 'string' && isEventKind(type) ? {} : value;
}

function ownName(kind: EventKind, { name, event, groupId, previousId, type }: UnknownObject): string {
  if (kind === 'identify') return '';
  if (kind === 'group') return idOf(groupId) ?? '';
  if (kind === 'alias') return idOf(previousId) ?? '';
  const ownType = isEventKind(type) ? null : textOf(type);
  return textOf(name) ?? textOf(event) ?? ownType ?? '';
}
