import { isObject, parseJson, type UnknownObject } from '../reading/json.js';

/** Data with the Iglu URI of its schema. */
export interface SelfDescribing {
  /** Such as `order_completed`. */
  readonly name: string;
  readonly schema: string;
  readonly data: UnknownObject;
}

const IGLU_URI = /^iglu:[\w.-]+\/([\w.-]+)\/jsonschema\/\d+-\d+-\d+$/;
const UNSTRUCT = 'iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-';
const CONTEXTS = 'iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-';

/** The event in `ue_px` (base64url) or `ue_pr` (JSON); undefined: it is not self-describing. */
export function selfDescribingEvent(
  encoded: string | null,
  plain: string | null,
): SelfDescribing | undefined {
  const outer = decoded(encoded, plain);
  return isObject(outer) && isOf(outer, UNSTRUCT) ? selfDescribing(outer['data']) : undefined;
}

/** The entities in `cx` (base64url) or `co` (JSON); undefined: one is not self-describing. */
export function entities(
  encoded: string | null,
  plain: string | null,
): readonly SelfDescribing[] | undefined {
  const outer = decoded(encoded, plain);
  if (!isObject(outer) || !isOf(outer, CONTEXTS) || !Array.isArray(outer['data'])) return undefined;
  const found = (outer['data'] as unknown[]).map(selfDescribing);
  return found.every((each) => each !== undefined) ? found : undefined;
}

function decoded(encoded: string | null, plain: string | null): unknown {
  // Base64 with its own characters is read, too.
  return parseJson(encoded === null ? (plain ?? '') : Buffer.from(encoded, 'base64').toString());
}

function isOf({ schema }: UnknownObject, prefix: string): boolean {
  return typeof schema === 'string' && schema.startsWith(prefix);
}

function selfDescribing(value: unknown): SelfDescribing | undefined {
  if (!isObject(value) || typeof value['schema'] !== 'string' || !isObject(value['data'])) return undefined;
  const [schema, name] = IGLU_URI.exec(value['schema']) ?? [];
  return schema === undefined ? undefined : { name: name!, schema, data: value['data'] };
}
