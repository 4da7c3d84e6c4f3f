import type { EventKind } from '../../ledger/received.js';
import type { ReadEvent } from '../../platform.js';
import { isLonger } from '../reading/json.js';
import * as messages from './kissmetrics.messages.js';
import type { Parameters } from './parameters.js';

/** The operations of the API. Each request is one of them. */
export type OperationKind = Extract<EventKind, 'track' | 'identify' | 'alias'>;

const MAX_ID_LENGTH = 255;
const MAX_NAME_LENGTH = 254;
const MAX_VALUE_BYTES = 8_192;
const NOTHING: Parameters['properties'] = Object.freeze({});
const OLDEST_SECOND = Date.UTC(2009, 0, 1) / 1_000;
/** The largest time of a JavaScript date. */
const NEWEST_SECOND = 8.64e12;

/**
 * Reads an operation as the API specification describes it. The platform answers 200 to everything, so that an operation without a
 * required parameter, or with one outside its documented range, is dropped silently. `_p` is the `userId`: KISSmetrics has one kind
 * of id. An alias has two ids that are one person: `_n` is its `userId`, because clients put the name of the person there.
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

/**
 * Equal person, event name and second are one event; a property is known by person, name and second, whatever its value; an alias by
 * its pair. Names are not case sensitive.
 */
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
