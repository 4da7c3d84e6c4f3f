import { types } from 'node:util';
import { snapshot } from '../../event/snapshot.js';
import { UnknownConsentKeyError } from '../../event/unserialisable.js';
import { isPlainObject, type UnknownObject } from '../../event/json-values.js';
import type { JsonObject } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import type { ConsentDecision } from './privacy-options.js';

/** A decision, read once and checked. */
export interface Choice {
  readonly decision: ConsentDecision;
  readonly fields?: JsonObject;
}

/** From the mildest to the strictest. */
const DECISIONS: readonly unknown[] = ['allow', 'strip', 'drop'] satisfies ConsentDecision[];

export function stricter(one: ConsentDecision | undefined, other: ConsentDecision): ConsentDecision {
  return one === undefined || DECISIONS.indexOf(one) < DECISIONS.indexOf(other) ? other : one;
}

export function isDecision(said: unknown): said is ConsentDecision {
  return DECISIONS.includes(said);
}

/**
 * Decisions by purpose and destination, as a hook returned them. Throws for anything else.
 *
 * @param known purposes and destinations
 */
export function choicesOf(
  said: unknown,
  known: ReadonlySet<string>,
  maxBytes: number,
): ReadonlyMap<string, Choice> {
  disown(said);
  if (!isPlain(said)) throw new TypeError('no decision');
  const choices = new Map<string, Choice>();
  const entries = Object.entries(said);
  // All of them, before the first one that is wrong.
  for (const [, value] of entries) disown(value);
  for (const [key, value] of entries) {
    if (!known.has(key)) throw new UnknownConsentKeyError(key);
    if (value !== undefined) choices.set(key, choiceOf(value, maxBytes));
  }
  return choices;
}

function choiceOf(value: unknown, maxBytes: number): Choice {
  if (isDecision(value)) return { decision: value };
  if (!isPlain(value)) throw new TypeError('no decision');
  const { decision, fields } = value;
  disown(decision, fields);
  if (!isDecision(decision)) throw new TypeError('no decision');
  return fields === undefined
    ? { decision }
    : { decision, fields: snapshot(fields as object, maxBytes).value };
}

/** A Map, an array or an instance of a class has no usable members, and would allow everything. */
function isPlain(value: unknown): value is UnknownObject {
  return !types.isProxy(value) && isPlainObject(value);
}
