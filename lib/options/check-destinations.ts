import { checkPresent, isMissing, missingWord } from '../config/check-credential.js';
import { badChoice, badOption, checkFunction } from '../config/check-option.js';
import { checkDispatcher } from './check-connections.js';
import { callback, count, list, members } from '../config/kinds.js';
import { option, type Option, type Rows } from '../config/option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import { limitsOf, NEEDS, PURPOSES, type Destination } from '../destinations/destination.js';
import { sharedOptions } from '../destinations/destination-options.js';
import { disown } from '../host/disown.js';
import { optionMessages } from './options.messages.js';
import { checkValues } from '../config/rows.js';

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

/** One of a few words, which an application's destination may misspell. */
const word = (words: readonly string[]): Option<string> =>
  option('word', `one of ${words.join(', ')}`, (path, value) => {
    if (value !== undefined && !words.includes(value as string))
      throw badChoice(path, value, `one of ${words.join(', ')}`);
  });

const LIMITS = members({ maxEvents: count(1), maxBytes: count(1), maxEventBytes: count(1) });

/** The other declared members, beside the options that all destinations have. */
const DECLARED: Rows = {
  pipelining: count(1),
  maxAgeMs: count(1),
  purpose: word(PURPOSES),
  needs: list('words', 'an array', word(NEEDS)),
  answerBytesPerEvent: count(1),
  onUnknown: word(['retry', 'dead']),
  resolvers: list('functions', 'an array', callback()),
};

/** Checks the declared members, which may be wrong in a destination of the application. */
function checkShape(path: string, destination: Destination): void {
  // `name` is checked above; `headers` is an option of factories only.
  const {
    name: _,
    headers: __,
    ...shared
  } = sharedOptions({
    kind: 'custom',
    limits: limitsOf(destination),
  });
  checkValues(path, destination, { limits: LIMITS, ...shared, ...DECLARED }, { credentials: true });
  checkDispatcher(`${path}.dispatcher`, destination.dispatcher);
}

/** A member of an account may be empty, such as a region; a credential may not. */
function checkCredentials(path: string, destination: Destination, enabled: boolean): void {
  for (const member of ['account', 'credentials', 'secrets'] as const) {
    const texts: unknown = destination[member];
    if (texts === undefined || (member === 'credentials' && typeof texts === 'function')) continue;
    const text = option('string', 'a string', (path, value) => {
      if (!enabled && isMissing(value)) return;
      if (member === 'credentials' || missingWord(value) !== undefined) {
        checkPresent(path, value, 'a value, or a destination that is left out where it has none');
      }
      if (typeof value !== 'string') throw badOption(path, value, 'a string');
    });
    list('strings', 'an array', text).check(`${path}.${member}`, texts, { credentials: enabled });
  }
}
