/** Characters of an event's name and of a `distinct_id`: `/batch/` cuts a longer one, v1 drops its event. */
export const MAX_LENGTH = 200;
/** Larger events are discarded after the 200. */
export const MAX_EVENT_BYTES = 1_000_000;
/** A time that is further ahead is replaced by the time of arrival. */
export const MAX_AHEAD_MS = 23 * 3_600_000;

const UUID = /^[\da-f]{8}-?(?:[\da-f]{4}-?){3}[\da-f]{12}$/i;

/** Ids that many people share, in lower case: PostHog refuses to merge them. */
const SHARED_IDS: ReadonlySet<string> = new Set([
  '0',
  '00000000-0000-0000-0000-000000000000',
  '[object object]',
  'anonymous',
  'anonymous-user',
  'backend',
  'distinct_id',
  'distinctid',
  'email',
  'false',
  'guest',
  'id',
  'nan',
  'none',
  'not_authenticated',
  'null',
  'system',
  'true',
  'undefined',
  'user',
]);

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

export function isShared(id: string): boolean {
  return id.length < 40 && SHARED_IDS.has(id.trim().toLowerCase());
}
