import type { LaneEvent } from '../../event/lane-event.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { isAddress } from '../../host/private-hosts.js';
import { PACKAGE_VERSION } from '../../host/package-version.js';
import type { ReportChange } from '../account.js';
import { pageOf, pageUrl } from '../context-fields.js';
import { textOf } from '../../event/json-values.js';
import { isWellFormed, wellFormedJson } from '../well-formed.js';
import { entitiesOf, type SnowplowContexts } from './self-describing.js';
import { fieldOmitted } from './snowplow.messages.js';

const MAX_URL = 4_096;
const MAX_TITLE = 2_000;
const MAX_USER_AGENT = 1_000;
const MAX_WORD = 128;

/** One event as the collector accepts it: every value is a text. */
type Fields = Record<string, string | undefined>;

export interface Tracker {
  readonly appId: string;
  readonly namespace: string;
  readonly schemas: ReadonlyMap<string, string>;
  readonly contexts: SnowplowContexts | undefined;
  readonly encodeBase64: boolean;
}

const OF_SNOWPLOW = 'iglu:com.snowplowanalytics.snowplow';
const VERSION = `nestjs-tracking-${PACKAGE_VERSION}`;
/** The pipeline rejects an event with another session id. */
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** The record of an event. `dtm` is its time, and `stm` the time of this attempt: by both, the pipeline corrects a wrong clock. */
export function recordOf(
  { event, browser }: LaneEvent,
  tracker: Tracker,
  now: number,
  report: ReportChange,
): Fields {
  const sessionId = browser?.sessionId;
  // Members that are undefined are not sent. A literal without a spread: that would cost more than the rest of the record.
  const record: Fields = {
    tv: VERSION,
    p: 'srv',
    tna: tracker.namespace,
    aid: tracker.appId,
    uid: event.userId,
    duid: event.anonymousId,
    sid: typeof sessionId === 'string' && UUID.test(sessionId) ? sessionId : undefined,
    dtm: String(event.timestamp),
    stm: String(now),
    e: 'ue',
    eid: event.id,
  };
  addData(record, event, tracker);
  addContext(record, event, report);
  return record;
}

function addData(record: Fields, event: TrackingEvent, { schemas, contexts, encodeBase64 }: Tracker): void {
  const schema = schemas.get(event.name);
  // The option may have changed since the event was accepted; without a schema it would be a bad row.
  if (schema === undefined) throw new TypeError('an event without a schema');
  const inner = { schema, data: event.properties };
  record[encodeBase64 ? 'ue_px' : 'ue_pr'] = encoded('unstruct_event', inner, encodeBase64);
  const entities = contexts === undefined ? [] : entitiesOf(contexts, event);
  if (entities.length === 0) return;
  const plain = entities.map((entity) => ({ schema: entity.schema, data: entity.data }));
  record[encodeBase64 ? 'cx' : 'co'] = encoded('contexts', plain, encodeBase64);
}

/** Data of one of Snowplow's own schemas, as the value of a field. */
function encoded(schema: string, data: object, inBase64: boolean): string {
  const json = wellFormedJson(JSON.stringify({ schema: `${OF_SNOWPLOW}/${schema}/jsonschema/1-0-0`, data }));
  return inBase64 ? Buffer.from(json).toString('base64url') : json;
}

/** Fields of the person's own request: never of the one to the collector. */
function addContext(record: Fields, event: TrackingEvent, report: ReportChange): void {
  const { context } = event;
  if (context === undefined) return;
  const { referrer, title } = pageOf(event);
  const add = (key: string, field: string, value: unknown, isUsable: (text: string) => boolean): void => {
    const text = textOf(value);
    if (text === undefined) return;
    if (isUsable(text) && isWellFormed(text)) record[key] = text;
    else report(field, (destination) => fieldOmitted(destination, field));
  };
  const upTo = (maxLength: number) => (text: string) => text.length <= maxLength;
  add('ip', 'context.ip', context['ip'], isAddress);
  add('ua', 'context.userAgent', context['userAgent'], upTo(MAX_USER_AGENT));
  add('url', 'context.page.url', pageUrl(event), isUrl);
  add('refr', 'context.page.referrer', referrer, isUrl);
  add('page', 'context.page.title', title, upTo(MAX_TITLE));
  add('lang', 'context.locale', context['locale'], upTo(MAX_WORD));
}

function isUrl(text: string): boolean {
  return text.length <= MAX_URL && URL.canParse(text);
}
