/**
 * Words that are used as ids, but identify no person. Such an id would join all people who ever had it. All ids that the vendors
 * refuse (KISSmetrics: guest, anonymous; PostHog's and Mixpanel's lists).
 */
// prettier-ignore
const SHARED_IDS: ReadonlySet<string> = new Set([
  '', '0', '-1', '[]', '{}', '[object object]', '<nil>', '00000000-0000-0000-0000-000000000000',
  'anon', 'anonymous', 'anonymous-user', 'backend', 'distinct_id', 'distinctid', 'email', 'false', 'guest', 'id',
  'n/a', 'na', 'nan', 'nil', 'none', 'not_authenticated', 'null', 'system', 'true', 'undefined', 'unknown', 'user',
]);

/** Whether an id is a word that many people share; upper and lower case and surrounding spaces make no difference. */
export function isSharedId(id: string): boolean {
  return id.length <= 36 + 4 && SHARED_IDS.has(id.trim().toLowerCase());
}
