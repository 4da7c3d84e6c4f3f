import type { CommandKind } from '../ownership/command.js';
import { isAccount } from '../ownership/owner-file.js';
import type { CommandPayloads } from './command-payloads.js';
import { importedEvent } from './imported-event.js';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether it has those members, and no others: a filter that is half understood would mean too much. */
function has(value: unknown, checks: Readonly<Record<string, Check>>, optional: boolean): boolean {
  if (!isObject(value) || Object.keys(value).some((name) => !Object.hasOwn(checks, name))) return false;
  return Object.entries(checks).every(([name, check]) => {
    const member = value[name];
    return member === undefined ? optional : check(member);
  });
}

const FILTER: Readonly<Record<string, Check>> = {
  since: isNumber,
  until: isNumber,
  ids: isTexts,
  names: isTexts,
  userIds: isTexts,
  anonymousIds: isTexts,
  destinations: isTexts,
  types: isTexts,
  states: isTexts,
  text: isText,
};
const isFilter: Check = (value) => has(value, FILTER, true);

const PAYLOADS: Readonly<Record<CommandKind, Check>> = {
  replay: (value) =>
    isObject(value) &&
    isFilter(value['filter']) &&
    has(
      value,
      {
        filter: isFilter,
        to: (to) => to === 'all' || isTexts(to),
        rate: (rate) => isNumber(rate) && (rate as number) > 0,
      },
      true,
    ),
  'dead.retry': (value) => has(value, { filter: isFilter }, false),
  'dead.drop': (value) => has(value, { filter: isFilter, reason: isText }, false),
  erase: (value) =>
    has(
      value,
      {
        userIds: isTexts,
        anonymousIds: isTexts,
        properties: (list) =>
          Array.isArray(list) && list.every((item) => has(item, { path: isText, value: isText }, false)),
      },
      false,
    ),
  move: (value) => has(value, { from: isAccount, to: isAccount }, false),
  import: (value) =>
    has(
      value,
      {
        to: isText,
        events: (events) => Array.isArray(events) && events.every((one) => importedEvent(one) !== undefined),
      },
      false,
    ),
};

/** What a command carries; `undefined` where that is not what its kind has, as with another version of the command line. */
export function readPayload<K extends CommandKind>(
  kind: K,
  payload: unknown,
): CommandPayloads[K] | undefined {
  return PAYLOADS[kind](payload) ? (payload as CommandPayloads[K]) : undefined;
}
