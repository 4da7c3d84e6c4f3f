const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const ZONE = /(?:Z|[+-]\d{2}:?\d{2})$/;
const DATE_LENGTH = 'YYYY-MM-DD'.length;

/** The moment of an ISO-8601 text, epoch milliseconds; null: it is none. A text without a zone is UTC. */
export function isoTime(value: unknown): number | null {
  if (typeof value !== 'string' || !ISO.test(value)) return null;
  const isZoned = value.endsWith('Z') || value.length === DATE_LENGTH || ZONE.test(value);
  const time = Date.parse(isZoned ? value : `${value}Z`);
  return Number.isNaN(time) ? null : time;
}
