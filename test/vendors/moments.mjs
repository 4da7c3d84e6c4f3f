const ISO = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/**
 * Replaces each time within a span by the word for its form, so that two requests made one after the other can be equal.
 * Every other time stays: when an event happened is a fact.
 */
export function withoutMoments(value, from, to) {
  if (Array.isArray(value)) return value.map((member) => withoutMoments(member, from, to));
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name, withoutMoments(member, from, to)]),
    );
  }
  return momentOf(value, from, to) ?? value;
}

function momentOf(value, from, to) {
  const within = (ms) => ms >= from && ms <= to;
  if (typeof value === 'string' && ISO.test(value))
    return within(Date.parse(value)) ? '<now, ISO 8601>' : undefined;
  if (typeof value === 'string' && /^\d{13}$/.test(value))
    return within(Number(value)) ? '<now, text of ms>' : undefined;
  if (!Number.isInteger(value)) return undefined;
  if (within(value)) return '<now, ms>';
  return value * 1_000 + 999 >= from && value * 1_000 <= to ? '<now, s>' : undefined;
}
