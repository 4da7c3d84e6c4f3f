import type { CommandKind } from '../ownership/command.js';
import { isAccount } from '../ownership/accounts.js';
import {
  hasExactShape,
  isNumber,
  isText,
  listOf,
  optional,
  type Check,
  type Shape,
} from '../format/shape.js';
import type { CommandPayloads } from '../query/command-payloads.js';
import { importedEvent } from '../query/imported-event.js';

const isTexts = listOf(isText);
const FILTER: Shape = {
  since: optional(isNumber),
  until: optional(isNumber),
  ids: optional(isTexts),
  names: optional(isTexts),
  userIds: optional(isTexts),
  anonymousIds: optional(isTexts),
  destinations: optional(isTexts),
  types: optional(isTexts),
  states: optional(isTexts),
  text: optional(isText),
};
const isFilter: Check = (value) => hasExactShape(value, FILTER);

const PAYLOADS: Readonly<Record<CommandKind, Shape>> = {
  replay: {
    filter: isFilter,
    to: optional((to) => to === 'all' || isTexts(to)),
    rate: optional((rate) => isNumber(rate) && rate > 0),
  },
  'dead.retry': { filter: isFilter },
  'dead.drop': { filter: isFilter, reason: isText },
  erase: {
    userIds: isTexts,
    anonymousIds: isTexts,
    properties: listOf((one) => hasExactShape(one, { path: isText, value: isText })),
  },
  move: { from: isAccount, to: isAccount },
  import: { to: isText, events: listOf((one) => importedEvent(one) !== undefined) },
};

/** The payload of a command; `undefined` if it does not fit its kind, as from another version of the command line. */
export function readPayload<K extends CommandKind>(
  kind: K,
  payload: unknown,
): CommandPayloads[K] | undefined {
  return hasExactShape(payload, PAYLOADS[kind]) ? (payload as unknown as CommandPayloads[K]) : undefined;
}
