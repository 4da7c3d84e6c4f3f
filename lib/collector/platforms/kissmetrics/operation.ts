import { guarded } from '../../../host/guarded.js';
import type { EventKind } from '../../ledger/received.js';
import type { ReadEvent } from '../../platform.js';
import { isLonger } from '../reading/json.js';
import * as messages from './kissmetrics.messages.js';

/** The operations of the API. Each request is one of them. */
export type OperationKind = Extract<EventKind, 'track' | 'identify' | 'alias'>;

/** The parameters of a request that the API names; '' if one is absent. */
type OwnParameters = Record<'_k' | '_p' | '_n' | '_t' | '_d', string>;

export interface Parameters {
  readonly own: Readonly<OwnParameters>;
  /** Those that do not begin with an underscore: others are reserved, so that none of these is `__proto__`. */
  readonly properties: Readonly<Record<string, string>>;
}

const UNDERSCORE = 95;
const PLUS = /\+/g;
const MAX_ID_LENGTH = 255;
const MAX_NAME_LENGTH = 254;
const MAX_VALUE_BYTES = 8_192;
const NOTHING: Parameters['properties'] = Object.freeze({});
const OLDEST_SECOND = Date.UTC(2009, 0, 1) / 1_000;
/** The largest time of a JavaScript date. */
const NEWEST_SECOND = 8.64e12;

/** Reads a query or a form. Adds what is wrong with it to `problems`. */
export function readParameters(encoded: string, problems: string[]): Parameters {
  const own: OwnParameters = { _k: '', _p: '', _n: '', _t: '', _d: '' };
  const properties: Record<string, string> = {};
  for (const part of encoded.split('&').filter((each) => each !== '')) {
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals), problems);
    const value = equals === -1 ? '' : decode(part.slice(equals + 1), problems);
    if (name.charCodeAt(0) !== UNDERSCORE) {
      if (Object.hasOwn(properties, name)) add(problems, messages.repeatedParameter);
      properties[name] = value;
    } else if (Object.hasOwn(own, name)) {
      if (own[name as keyof OwnParameters] !== '') add(problems, messages.repeatedParameter);
      own[name as keyof OwnParameters] = value;
    }
  }
  return { own, properties };
}

/** The specification's samples encode a space as `+`, the official clients as `%20`. */
function decode(text: string, problems: string[]): string {
  const spaced = text.includes('+') ? text.replace(PLUS, ' ') : text;
  if (!spaced.includes('%')) return spaced;
  const decoded = guarded(() => decodeURIComponent(spaced));
  if (decoded === undefined) add(problems, messages.invalidEncoding);
  return decoded ?? spaced;
}

function add(problems: string[], problem: string): void {
  if (!problems.includes(problem)) problems.push(problem);
}

/**
 * Reads an operation. The platform answers 200 to everything, so that one that breaks a documented rule is dropped silently. `_p` is
 * the `userId`. An alias has two ids that are one person: `_n` is its `userId`, because clients put the name of the person there.
 */
export function readOperation(
  kind: OperationKind,
  { own, properties: given }: Parameters,
  receivedAt: number,
  problems: string[],
): ReadEvent {
  const { _k: key, _p: person, _n: name, _t, _d } = own;
  let isDropped = false;
  const drop = (problem: string): void => {
    isDropped = true;
    problems.push(problem);
  };
  if (key === '') drop(messages.noKey);
  if (person === '') drop(messages.noPerson);
  if (person.length > MAX_ID_LENGTH) drop(messages.longPerson);

  let time: number | null = null;
  if (kind !== 'alias' && _t !== '') {
    const second = secondOf(_t);
    if (_d !== '1') problems.push(messages.noTimeOfItsOwn);
    else if (second === undefined) problems.push(messages.noSeconds);
    else if (second < OLDEST_SECOND) drop(messages.before2009);
    else time = second * 1_000;
  }

  const properties = kind === 'alias' ? NOTHING : given;
  checkProperties(properties, problems);
  if (kind === 'track') {
    if (name.trim() === '') drop(messages.noName);
    if (name.length > MAX_NAME_LENGTH) drop(messages.longName);
  } else if (kind === 'alias') {
    if (name === '') drop(messages.noOtherId);
    if (name.length > MAX_ID_LENGTH) drop(messages.longPerson);
  } else if (Object.keys(properties).length === 0) drop(messages.noProperty);

  const second = time === null ? Math.floor(receivedAt / 1_000) : time / 1_000;
  return {
    kind,
    name: { track: plainName(name), alias: person, identify: '' }[kind],
    id: null,
    userId: (kind === 'alias' ? name : person) || null,
    anonymousId: null,
    time,
    properties,
    outcome: isDropped ? 'dropped' : 'delivered',
    problems,
    repetition: repetitionOf(kind, person, name, second, properties),
  };
}

function secondOf(text: string): number | undefined {
  const second = Number(text);
  return /^-?\d+$/.test(text) && Math.abs(second) <= NEWEST_SECOND ? second : undefined;
}

function checkProperties(properties: Parameters['properties'], problems: string[]): void {
  for (const [name, value] of Object.entries(properties)) {
    if (name.length > MAX_NAME_LENGTH) problems.push(messages.longPropertyName);
    if (isLonger(value, MAX_VALUE_BYTES)) problems.push(messages.longValue);
  }
}

/** The name as the platform stores it. */
function plainName(name: string): string {
  return /[,:]/.test(name) ? name.replaceAll(/[,:]/g, ' ') : name;
}

/** Equal person, name and second are one event or property, whatever its value; an alias is known by its pair. Case makes no difference. */
function repetitionOf(
  kind: OperationKind,
  person: string,
  name: string,
  second: number,
  properties: Readonly<Record<string, string>>,
): string | string[] {
  const owner = `${second} ${person.length} ${person}`;
  switch (kind) {
    case 'track':
      return `e ${owner} ${plainName(name).toLowerCase()}`;
    case 'identify':
      return Object.keys(properties).map((each) => `s ${owner} ${each.toLowerCase()}`);
    case 'alias': {
      const [one, other] = person < name ? [person, name] : [name, person];
      return `a ${one.length} ${one} ${other}`;
    }
  }
}
