import type { ReadEvent } from '../../platform.js';
import { isObject, objectOf, parseJson, textOf, type UnknownObject } from '../reading/json.js';
import { eventWith } from '../reading/reading.js';
import * as messages from './snowplow.messages.js';

/** Keys of a record by payload_data 1-0-4. Every value is a text, and no other key is allowed. */
export const KEYS: ReadonlySet<string> = new Set(
  (
    'tna aid p dtm tz e tid eid tv duid nuid uid vid ip res url page refr fp ctype cookie lang f_pdf f_qt f_realp f_wma ' +
    'f_dir f_fla f_java f_gears f_ag cd ds cs vp mac pp_mix pp_max pp_miy pp_may ad_ba ad_ca ad_ad ad_uid tr_id tr_af ' +
    'tr_tt tr_tx tr_sh tr_ci tr_st tr_co tr_cu ti_id ti_sk ti_nm ti_na ti_ca ti_pr ti_qu ti_cu sa sn st sp se_ca se_ac se_la ' +
    'se_pr se_va ue_na ue_pr ue_px co cx ua tnuid stm sid ttm'
  ).split(' '),
);

export const REQUIRED = ['tv', 'p', 'e'] as const;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const MILLISECONDS = /^\d{1,15}$/;
/** Columns of the events table (unconfirmed for each version of the pipeline). */
const COLUMNS = { uid: 255, duid: 128, url: 4_096, refr: 4_096, page: 2_000, ua: 1_000 } as const;

const IGLU_URI = /^iglu:[\w.-]+\/([\w.-]+)\/jsonschema\/\d+-\d+-\d+$/;
const UNSTRUCT = 'iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-';
const CONTEXTS = 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-';

type Shown = Pick<ReadEvent, 'kind' | 'name' | 'properties'>;

/** Data with the Iglu URI of its schema. */
interface SelfDescribing {
  /** Such as `order_completed`. */
  readonly name: string;
  readonly schema: string;
  readonly data: UnknownObject;
}

/** Reads a record of a POST; an event that breaks the schema is dropped after the 200. */
export function readRecord(item: unknown): ReadEvent {
  if (!isObject(item)) return eventWith({ outcome: 'dropped', problems: [messages.notAnObject] });
  const names = Object.keys(item);
  const faults: string[] = [];
  if (names.some((name) => !KEYS.has(name))) faults.push(messages.unknownKey);
  if (names.some((name) => typeof item[name] !== 'string')) faults.push(messages.notAText);
  return readFields(item, faults);
}

/** Reads the query of a GET, which may have other keys. */
export function readQuery(query: URLSearchParams): ReadEvent {
  return readFields(Object.fromEntries(query), []);
}

/** `uid` is the `userId`, and `duid` the `anonymousId`: Snowplow has no call that joins ids, and sees both on one event. */
function readFields(fields: UnknownObject, faults: string[]): ReadEvent {
  if (REQUIRED.some((name) => fields[name] === undefined)) faults.push(messages.missingKey);
  const shown = shownOf(fields, faults);
  const contexts = contextsOf(fields, faults);
  const id = textOf(fields['eid']);
  const sid = textOf(fields['sid']);
  if (sid !== null && !UUID.test(sid)) faults.push(messages.badSession);
  const time = timeOf(fields, faults);
  const warnings: string[] = [];
  if (id !== null && !UUID.test(id)) warnings.push(messages.badId);
  if (Object.entries(COLUMNS).some(([name, max]) => (textOf(fields[name])?.length ?? 0) > max)) {
    warnings.push(messages.longValue);
  }
  return {
    ...shown,
    properties: contexts.length === 0 ? shown.properties : { ...shown.properties, contexts },
    id,
    userId: textOf(fields['uid']),
    anonymousId: textOf(fields['duid']) ?? textOf(fields['tnuid']) ?? textOf(fields['nuid']),
    time,
    outcome: faults.length === 0 ? 'delivered' : 'dropped',
    problems: [...faults, ...warnings],
    // The pipeline also compares the content. It stores another application's event with the same id under a new id.
    repetition: id === null ? undefined : [fields['aid'], fields['tna'], id].map(String).join(' '),
  };
}

function shownOf(fields: UnknownObject, faults: string[]): Shown {
  const { url, page, refr } = fields;
  switch (fields['e']) {
    case 'ue':
      return selfDescribed(fields, faults);
    case 'se':
      return { kind: 'track', name: textOf(fields['se_ac']) ?? '', properties: withPrefix(fields, 'se_') };
    case 'pv':
      return { kind: 'page', name: 'page_view', properties: { url, page, refr } };
    case 'pp':
      return { kind: 'track', name: 'page_ping', properties: { url, ...withPrefix(fields, 'pp_') } };
    case 'tr':
      return { kind: 'track', name: 'transaction', properties: withPrefix(fields, 'tr_') };
    case 'ti':
      return { kind: 'track', name: 'transaction_item', properties: withPrefix(fields, 'ti_') };
    case undefined:
      return { kind: 'track', name: '', properties: {} };
    default:
      faults.push(messages.unknownType);
      return { kind: 'track', name: '', properties: {} };
  }
}

function selfDescribed({ ue_px: encoded, ue_pr: plain }: UnknownObject, faults: string[]): Shown {
  const json = jsonOf(encoded, plain);
  const event = json === null ? undefined : selfDescribing(dataOf(json, UNSTRUCT));
  if (event === undefined)
    faults.push(json === null ? messages.noSelfDescribing : messages.badSelfDescribing);
  return { kind: 'track', name: event?.name ?? '', properties: event?.data ?? {} };
}

function contextsOf({ cx: encoded, co: plain }: UnknownObject, faults: string[]): UnknownObject[] {
  const json = jsonOf(encoded, plain);
  if (json === null) return [];
  const data = dataOf(json, CONTEXTS);
  const found = Array.isArray(data) ? (data as unknown[]).map(selfDescribing) : [undefined];
  if (found.every((each) => each !== undefined))
    return found.map(({ schema, data: own }) => ({ schema, data: own }));
  faults.push(messages.badContexts);
  return [];
}

function timeOf({ ttm, dtm }: UnknownObject, faults: string[]): number | null {
  const given = [ttm, dtm].filter((each) => each !== undefined);
  if (given.some((each) => typeof each !== 'string' || !MILLISECONDS.test(each))) {
    faults.push(messages.badTime);
    return null;
  }
  return given[0] === undefined ? null : Number(given[0]);
}

function withPrefix(fields: UnknownObject, prefix: string): UnknownObject {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name.startsWith(prefix)));
}

/** The JSON text of a member in base64url, or in plain text; null: the event has neither. */
function jsonOf(encoded: unknown, plain: unknown): string | null {
  const base64 = textOf(encoded);
  // Base64 with its own characters is read, too.
  return base64 === null ? textOf(plain) : Buffer.from(base64, 'base64').toString();
}

/** The data of an envelope; undefined: it has another schema. */
function dataOf(json: string, schema: string): unknown {
  const envelope = objectOf(parseJson(json));
  return textOf(envelope['schema'])?.startsWith(schema) === true ? envelope['data'] : undefined;
}

function selfDescribing(value: unknown): SelfDescribing | undefined {
  if (!isObject(value) || typeof value['schema'] !== 'string' || !isObject(value['data'])) return undefined;
  const [schema, name] = IGLU_URI.exec(value['schema']) ?? [];
  return schema === undefined ? undefined : { name: name!, schema, data: value['data'] };
}
