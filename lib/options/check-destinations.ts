import { checkPresent, isMissing, missingWord } from '../config/check-credential.js';
import { badChoice, badOption, checkCount, checkFunction, checkKeys } from '../config/check-option.js';
import { checkDispatcher } from './check-connections.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { limitsOf, NEEDS, PURPOSES, type Destination } from '../destinations/destination.js';
import { sharedOptions } from '../destinations/destination-options.js';
import { disown } from '../host/disown.js';
import { optionMessages } from './options.messages.js';
import { checkValues } from '../config/rows.js';

const ON_UNKNOWN = ['retry', 'dead'] as const;
const METHODS = ['check', 'open', 'accept', 'partition', 'decode', 'explain'] as const;

/**
 * Checks that each destination can work and that their names differ.
 *
 * @param enabled false: credentials may be missing
 * @throws TrackingConfigError for the first one that cannot
 */
export function checkDestinations(destinations: unknown, enabled: boolean): void {
  if (!Array.isArray(destinations) || destinations.length === 0) {
    throw badOption(
      'destinations',
      destinations,
      'an array of at least one destination, such as [kissmetrics({ apiKey })]',
    );
  }
  const names = new Map<string, number>();
  destinations.forEach((destination: Destination, index) => {
    const path = `destinations[${index}]`;
    if (typeof destination !== 'object' || destination === null || typeof destination.encode !== 'function') {
      throw badOption(
        path,
        destination,
        'a destination, such as kissmetrics({ apiKey }), or an object with `name` and `encode`',
      );
    }
    for (const method of METHODS) checkFunction(`${path}.${method}`, destination[method]);
    disown(destination.check?.(path, enabled));
    if (typeof destination.name !== 'string' || destination.name === '' || destination.name === '__proto__') {
      throw badOption(`${path}.name`, destination.name, 'a non-empty string other than __proto__');
    }
    checkPurposeName(path, destination);
    const other = names.get(destination.name);
    if (other !== undefined) {
      throw new TrackingConfigError(`${path}.name`, optionMessages.sameName(destination.name, other, index));
    }
    names.set(destination.name, index);
    checkShape(path, destination);
    checkCredentials(path, destination, enabled);
  });
}

/** With the name of another purpose, consent to that purpose would also count for this destination. */
function checkPurposeName(path: string, { name, purpose = 'analytics' }: Destination): void {
  if (name === purpose || !PURPOSES.some((word) => word === name)) return;
  throw badOption(
    `${path}.name`,
    name,
    `a name that is no other purpose than the destination's own (${purpose})`,
  );
}

/** Checks the declared members, which may be wrong in a destination of the application. */
function checkShape(path: string, destination: Destination): void {
  const { limits, resolvers, dispatcher } = destination;
  checkKeys(`${path}.limits`, limits, ['maxEvents', 'maxBytes', 'maxEventBytes']);
  checkCount(`${path}.limits.maxEvents`, limits?.maxEvents, 1);
  checkCount(`${path}.limits.maxBytes`, limits?.maxBytes, 1);
  checkCount(`${path}.limits.maxEventBytes`, limits?.maxEventBytes, 1);
  // `name` is checked above; `headers` is an option of factories only.
  const {
    name: _,
    headers: __,
    ...shared
  } = sharedOptions({
    kind: 'custom',
    limits: limitsOf(destination),
  });
  checkValues(path, destination, shared, { credentials: true });
  checkCount(`${path}.pipelining`, destination.pipelining, 1);
  checkCount(`${path}.maxAgeMs`, destination.maxAgeMs, 1);
  checkWord(`${path}.purpose`, destination.purpose, PURPOSES);
  checkList(`${path}.needs`, destination.needs, (option, need) => checkWord(option, need, NEEDS));
  checkCount(`${path}.answerBytesPerEvent`, destination.answerBytesPerEvent, 1);
  checkWord(`${path}.onUnknown`, destination.onUnknown, ON_UNKNOWN);
  checkList(`${path}.resolvers`, resolvers, (option, resolver) => {
    if (typeof resolver !== 'function') throw badOption(option, resolver, 'a function');
  });
  checkDispatcher(`${path}.dispatcher`, dispatcher);
}

/** A member of an account may be empty, such as a region; a credential may not. */
function checkCredentials(path: string, destination: Destination, enabled: boolean): void {
  for (const member of ['account', 'credentials', 'secrets'] as const) {
    const list: unknown = destination[member];
    if (member === 'credentials' && typeof list === 'function') continue;
    checkList(`${path}.${member}`, list, (option, text) => {
      if (!enabled && isMissing(text)) return;
      if (member === 'credentials' || missingWord(text) !== undefined) {
        checkPresent(option, text, 'a value, or a destination that is left out where it has none');
      }
      if (typeof text !== 'string') throw badOption(option, text, 'a string');
    });
  }
}

function checkWord(option: string, word: unknown, words: readonly string[]): void {
  if (word !== undefined && !words.some((known) => known === word)) {
    throw badChoice(option, word, `one of ${words.join(', ')}`);
  }
}

function checkList(option: string, list: unknown, check: (option: string, member: unknown) => void): void {
  if (list === undefined) return;
  if (!Array.isArray(list)) throw badOption(option, list, 'an array');
  list.forEach((member, index) => check(`${option}[${index}]`, member));
}
