import { isDeepStrictEqual } from 'node:util';

/** The id of an event. */
export const anId = (value) =>
  typeof value === 'string' && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(value);
/** A time that a call has, as text or in milliseconds: see calls.mjs. */
export const timeOfTheCall = (value) => /(?:\.123Z|123)$/.test(String(value));
/** Stands for a value that one of the two does not send. */
export const nothing = Symbol('nothing');

/**
 * Every field in which two descriptions differ, with its path. An empty object or list counts as a field, unless the other
 * side has members in it.
 * @returns {{ path: string, theirs: unknown, ours: unknown }[]}
 */
export function differencesBetween(theirs, ours) {
  const left = new Map(fields(theirs));
  const right = new Map(fields(ours));
  const paths = [...new Set([...left.keys(), ...right.keys()])];
  const hasMembers = (path) => paths.some((other) => other.startsWith(`${path}/`));
  return paths
    .map((path) => ({ path, theirs: valueAt(left, path), ours: valueAt(right, path) }))
    .filter(
      (difference) => !isDeepStrictEqual(difference.theirs, difference.ours) && !hasMembers(difference.path),
    );
}

function valueAt(fieldsOfSide, path) {
  return fieldsOfSide.has(path) ? fieldsOfSide.get(path) : nothing;
}

function* fields(value, path = '') {
  const members = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  if (members.length === 0) yield [path, value];
  for (const [name, member] of members) yield* fields(member, path === '' ? name : `${path}/${name}`);
}

/**
 * The differences of all calls against the list of deliberate ones. An entry of the list covers a difference whose path fits
 * `at` (`*`: any text in one step, `**`: any number of steps) and whose values fit `theirs` and `ours` (`nothing`, a value, a pattern or a function;
 * not given: any), in the calls with the titles in `calls` (not given: any).
 *
 * @param {Map<string, { path: string, theirs: unknown, ours: unknown }[]>} found by title of the call
 * @returns {string[]} differences that no entry covers, and entries that cover none
 */
export function unexplained(found, listed) {
  const entries = listed.map((entry) => ({ ...entry, pattern: patternOf(entry.at), seen: new Set() }));
  const faults = new Map();
  for (const [title, differences] of found) {
    for (const difference of differences) {
      const entry = entries.find((candidate) => covers(candidate, title, difference));
      if (entry) entry.seen.add(title);
      else addTo(faults, describe(difference), title);
    }
  }
  for (const { at, calls, reason, seen } of entries) {
    const missing = calls ? calls.filter((title) => !seen.has(title)) : seen.size === 0 ? ['any call'] : [];
    for (const title of missing)
      addTo(faults, `listed, and no difference any more: ${at} (${reason})`, title);
  }
  return [...faults].map(([fault, titles]) => `${fault}: ${titles.join(', ')}`);
}

function addTo(faults, fault, title) {
  faults.set(fault, [...(faults.get(fault) ?? []), title]);
}

function describe({ path, theirs, ours }) {
  return `${path}: theirs ${show(theirs)}, ours ${show(ours)}`;
}

function covers(entry, title, { path, theirs, ours }) {
  return (
    (entry.calls === undefined || entry.calls.includes(title)) &&
    entry.pattern.test(path) &&
    fits(entry, 'theirs', theirs) &&
    fits(entry, 'ours', ours)
  );
}

function fits(entry, side, value) {
  if (!(side in entry)) return true;
  const expected = entry[side];
  if (expected instanceof RegExp) return typeof value === 'string' && expected.test(value);
  if (typeof expected === 'function') return value !== nothing && expected(value);
  return isDeepStrictEqual(expected, value);
}

function patternOf(at) {
  const steps = at.split('/').map((step) => {
    if (step === '**') return '.*';
    return step.replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '[^/]*');
  });
  return new RegExp(`^${steps.join('/')}$`);
}

function show(value) {
  return value === nothing ? 'nothing' : JSON.stringify(value);
}
