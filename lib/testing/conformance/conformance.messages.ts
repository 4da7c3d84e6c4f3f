/** The requirement of each rule, as the name of its test. */
export const RULE_TITLES = {
  start: 'starts with its credentials, and fails at start without them',
  disabled: 'starts without credentials if tracking is disabled, and sends nothing',
  rehearsed: 'runs in the test kit without credentials, and decides about events as in production',
  options: 'uses the options that every destination has',
  types: 'sends each type of event as its own operation, or declines it with a `Reason`',
  accept: 'decides in `accept` by the event alone, cheaply, and changes nothing',
  partition: 'puts an event in the same part every time',
  encode: 'builds a request from every event that it accepts',
  limits: 'keeps its limits for any event that it accepts',
  content: 'sends the id, name, time, person and properties of an event',
  repeatable: 'builds the same request again, also after a restart and from a journal',
  attempts: 'changes only the number and the time of the attempt on a retry',
  clock: 'takes the time from `attempt.now` only, fresh for each attempt',
  credentials: 'uses the credentials of the attempt, if a function returns them',
  'secret-in-url': 'has no secret in a URL',
  secrets: 'shows no secret in errors, notices, the log, stored answers or the account',
  host: "sends nothing of this machine as the person's",
  'browser-ids': 'reads no browser ids of another platform',
  resolvers: 'reads browser ids from any request without errors, and checks them',
  success: 'delivers events when the platform accepts them',
  unavailable: 'sends events again after a 5xx and after a reset connection',
  throttled: 'sends events again after a 429, and honours `Retry-After`',
  unauthorized: 'parks its lane while the credentials are rejected, and loses nothing',
  invalid: 'loses only the event that makes a request invalid',
  'too-large': 'lets the lane halve a request that is too large',
  'per-event': 'loses only the event that the platform rejects by name',
  'hostile-answers': 'settles every event, whatever an answer contains',
} as const;

const rule = (name: string): string => `${name}: ${(RULE_TITLES as Record<string, string>)[name] ?? ''}`;

/** Messages for authors of destinations: the finding, its effect on events, and the change to make. */
export const conformanceMessages = {
  name: (name: string): string => rule(name),
  skipped: (name: string, reason: string): string => `${rule(name)} (skipped: ${reason})`,
  broken: (name: string, found: string): string =>
    `The destination breaks the rule '${rule(name)}'.\n${found}`,
  unknownRule: (name: string, known: readonly string[]): string =>
    `destinationConformance(): \`skip\` has the rule '${name}', which does not exist; expected one of ${known.join(', ')}.`,
  noReason: (name: string): string =>
    `destinationConformance(): \`skip\` gives no reason for the rule '${name}'; state why the platform cannot keep it.`,

  doesNotStart: (error: string): string =>
    `An application with this destination does not start: ${error} Check what \`create\` returns for \`credentials: true\`.`,
  notAConfigError: (error: string): string =>
    `Without credentials, \`check\` throws another error than a TrackingConfigError: ${error} Throw a TrackingConfigError that names the option.`,
  startsWithoutCredentials: (): string =>
    'Without credentials the application starts, so the platform would reject every event. Throw a TrackingConfigError in ' +
    '`check(path, credentials)` if `credentials` is true and one is missing.',
  factoryThrows: (error: string): string =>
    `The factory throws without credentials: ${error} Tests and applications with \`enabled: false\` have none. Check options in \`check\`.`,
  notDisabled: (error: string): string =>
    `With \`enabled: false\` and without credentials the application does not start: ${error} Accept missing credentials if ` +
    'the argument `credentials` of `check` is false.',
  sendsDisabled: (): string =>
    'With `enabled: false` the destination sent requests. Send nothing from `open` or `accept`; return requests from `encode`.',
  decidesByCredentials: (type: string, inTest: boolean): string => {
    const decision = inTest ? 'accepts' : 'declines';
    return (
      `Without credentials \`accept\` ${decision} a plain \`${type}\` event, and decides otherwise with them. ` +
      'Tests would not show what production does. Decide by the event alone.'
    );
  },
  notRehearsed: (accepted: number, delivered: number): string =>
    `In the test kit ${delivered} of ${accepted} accepted events were delivered. Do not depend on credentials outside of \`encode\`.`,
  optionsLost: (names: readonly string[]): string =>
    `The destination does not have the value that \`create\` got for ${list(names)}. Pass the options of \`create\` to your factory, and ` +
    'return them as members of the same names.',

  removedSent: (): string =>
    'The request contains a property that `allowProperties` removed. Use the events that `encode` gets, and no others.',

  unknownReason: (type: string): string =>
    `\`accept\` declines a \`${type}\` event with a word that is not a Reason, so it is counted as \`unsupported\`. Use a word of the type \`Reason\`.`,
  declinesAll: (): string =>
    'Every event is declined, so nothing would be sent. Accept at least one type of event.',
  typeIgnored: (type: string): string =>
    `A \`${type}\` event is sent like a \`track\` with that name, so the platform counts it as a \`track\`. Build the ` +
    `platform's own operation for it, or decline it: \`{ declined: 'unsupported' }\`.`,
  acceptThrows: (type: string, error: string): string =>
    `\`accept\` throws for a \`${type}\` event: ${error} The event would not reach the platform. Events are frozen and may hold any JSON.`,
  noAdmission: (type: string): string =>
    `For a \`${type}\` event \`accept\` does not return undefined, \`{ declined }\` or \`{ note }\` with a note of plain JSON. It is synchronous.`,
  acceptChanges: (type: string): string =>
    `\`accept\` changes a \`${type}\` event. Other destinations get the same object. Copy what you want to change.`,
  acceptDiffers: (type: string): string =>
    `\`accept\` decides about the same \`${type}\` event differently in another process at another time. Decide by the event alone, ` +
    'without clock and random numbers.',
  acceptReadsAll: (type: string, properties: number): string =>
    `\`accept\` reads all ${properties} properties of a \`${type}\` event. It runs inside track(), in the request. Compare few values, and do not serialise.`,
  noPart: (got: string): string =>
    `\`partition\` throws or returns no string (${got}), so each event is sent alone. Return a string for every event.`,
  partChanges: (): string =>
    '`partition` returns another part for the same event later, in another process or from a journal. Derive the part from the event alone.',

  encodeThrows: (types: readonly string[], error: string): string =>
    `\`encode\` throws for ${events(types)} that \`accept\` accepted: ${error} Such events become dead letters (\`encode_error\`). Handle any ` +
    'JSON value and any text, copy instead of changing events, or decline the event in `accept`.',
  noRequest: (member: string, types: readonly string[]): string =>
    `\`encode\` returns no valid request for ${events(types)}: check ${member}. Such events are never sent. ` +
    'Return a method, an absolute URL and headers of Latin-1 text; body as string or bytes.',
  tooLarge: (event: number, bytes: number, max: number): string =>
    `An accepted event of ${event} bytes becomes a request of ${bytes} bytes; the limit of a request is ${max} (\`limits.maxBytes\`, \`batch.maxBytes\`). ` +
    'Such an event becomes a dead letter. Lower `limits.maxEventBytes`, or decline the event in `accept` (`too_large`).',
  notSent: (member: string, type: string): string =>
    `Two \`${type}\` events that differ in \`${member}\` give the same request, so \`${member}\` is not sent. Send it, or decline the type.`,

  notRepeatable: (when: 'again' | 'restart' | 'journal', places: readonly string[]): string =>
    `The same attempt gives another request ${WHEN[when]} (${where(places)}). The platform would count a retry as another event. Send the ` +
    "event's own id; make no ids or random values in `encode`, and keep no state between calls.",
  changesWithAttempt: (places: readonly string[]): string =>
    `The second attempt differs from the first (${where(places)}) in more than \`attempt.number\`. The platform may count a retry as another ` +
    'event. Send id, name, time and person of the event unchanged.',
  changesWithTime: (places: readonly string[]): string =>
    `A later attempt differs (${where(places)}) in more than its own time. The platform may count a retry as another event, or give it another ` +
    'time. Only sent-at fields and signatures may depend on `attempt.now`.',
  readsClock: (places: readonly string[]): string =>
    `The request depends on the clock of the machine (${where(places)}). Use \`attempt.now\` in place of \`Date.now()\` and \`new Date()\`.`,
  keepsTime: (places: readonly string[]): string =>
    `A later attempt sends values of an earlier one (${where(places)}), so its sent time is wrong. Keep no state between calls of \`encode\`.`,

  credentialsFail: (error: string): string =>
    `The function \`credentials\` fails: ${error} Events stay pending while it does. Use a function in \`create\` that works in a test.`,
  noCredentials: (): string =>
    'The function `credentials` returns no valid `values`. Events stay pending. Resolve to `{ values }` with at least one text; none may be blank.',
  credentialsNotUsed: (): string =>
    'Other `attempt.credentials` give the same request, so expired credentials are sent. Use `attempt.credentials` in `encode`.',
  oldCredentials: (): string =>
    'A request contains credentials of an earlier attempt. The platform would reject it. Use `attempt.credentials` only, and store none.',
  secretInUrl: (form: string): string =>
    `The URL contains a secret (${form}). Proxies and servers log URLs. Send it in a header or the body. If the platform accepts it only in ` +
    "the URL, skip the rule 'secret-in-url' with that reason.",
  secretShown: (place: string, form: string): string =>
    `A secret (${form}) appears in ${place}. Add every secret to \`secrets\`, and put none in messages or in a place that names the account.`,
  ownHost: (place: string): string =>
    `\`${place}\` holds an address, host name or user agent of this machine, or one that the event does not have. The platform would locate ` +
    "every person at your server. Send only the event's own `context`, or the platform's value for none.",
  foreignIds: (cookie: string): string =>
    `A resolver returns a value that it read from the cookie \`${cookie}\` of another platform. Each platform knows its visitors by its own ids. Read the ` +
    "platform's own cookies only. If this is one of them, name it in `setup.cookies`.",
  resolverThrows: (error: string): string =>
    `A resolver throws for a request of a client: ${error} Its browser ids are lost. Return undefined for a missing or broken value.`,
  noClaims: (): string => 'A resolver returns neither undefined nor an object of ids. It is synchronous.',
  claimsUser: (): string =>
    'A resolver returns a `userId`. A cookie proves no identity. Return `anonymousId`, or `claimedUserId` for comparison.',
  unchecked: (member: string, max: number): string =>
    `A resolver returns a \`${member}\` that is empty, longer than ${max} characters or has control characters. Any client can send it. Check its form and length.`,
  resolverBlind: (): string =>
    'No resolver finds anything in the cookies of `setup.cookies`. Visitors would have no browser ids. Check the names and values of the cookies.',

  noExample: (name: string): string =>
    `The destination has \`acknowledgement: 'perEvent'\`, and the setup has no \`answers.${name}\`. Add the platform's documented answer that ` +
    'rejects `request.ids[0]` and accepts the other events.',
  pending: (answer: string, count: number, parked: string | null): string => {
    const state = parked === null ? '' : ` (parked: ${parked})`;
    return (
      `After the answer '${answer}', and success afterwards, ${count} events are still pending${state}. Check what ` +
      '`decode` returns for both answers.'
    );
  },
  outcomes: (
    answer: string,
    delivered: number,
    dead: number,
    gotDelivered: number,
    gotDead: number,
  ): string =>
    `After the answer '${answer}', ${gotDelivered} events were delivered and ${gotDead} became dead letters; expected ${delivered} and ${dead}. ` +
    'Check what `decode` returns for this answer; with `undefined`, the status decides.',
  notTaken: (answer: string, count: number): string =>
    `After the answer '${answer}', ${count} events count as delivered that the platform never accepted, so they are lost. Return 'delivered' ` +
    'only where the platform accepted the events; with `undefined`, the status decides.',
  repeats: (answer: string): string =>
    `After the answer '${answer}' events were sent again, so the platform gets them twice. Return 'delivered', or \`undefined\` for a 2xx.`,
  unverified: (): string =>
    "The platform's answer to an accepted request counts as `unverified`: `decode` throws. Check `answers.success` and `decode`.",
  tooEarly: (): string =>
    'A request was sent before `Retry-After` had passed. Return no outcome that overrides the status of a 429.',
  notParked: (isParked: boolean, dead: number, delivered: number): string => {
    const state = isParked ? 'parked' : 'not parked';
    return (
      `While the platform rejects the credentials, ${dead} events became dead letters, ${delivered} count as delivered, and the lane is ${state}. ` +
      "These events would be lost. Return 'unauthorized', or `undefined` for a 401 or 403."
    );
  },
  otherEvent: (): string =>
    'The platform rejected one event by name, and another event became the dead letter. Return the outcomes by the ids of the answer.',
  pollutes: (status: number, what: string): string =>
    `A ${status} answer with ${what} changed Object.prototype. Do not copy members of an answer by their names; use a Map or Object.hasOwn().`,
  decodesLater: (): string => '`decode` returns a promise, which counts as no result. It is synchronous.',
  hostilePending: (status: number, what: string): string =>
    `After a ${status} answer with ${what}, and success afterwards, events are still pending. Check what \`decode\` returns for both.`,
  hostileDead: (status: number, what: string): string =>
    `A ${status} answer with ${what} made events dead letters, which the platform did not reject by name. Let \`decode\` throw, or return ` +
    '`undefined`, for answers that it does not understand.',
  callsDoNotAddUp: (called: number, ended: number): string =>
    `${called} calls ended in ${ended} counted states. This is a fault of nestjs-tracking: please report it.`,
  eventsDoNotAddUp: (came: number, are: number): string =>
    `${came} events entered the lane, and ${are} are accounted for. This is a fault of nestjs-tracking: please report it.`,
};

const WHEN = { again: 'when built again', restart: 'after a restart', journal: 'with events from a journal' };

function where(places: readonly string[]): string {
  if (places.length === 0) return 'in the order of its parts';
  const shown = places.slice(0, 5).map((place) => `\`${place.slice(0, 80)}\``);
  return (places.length > shown.length ? [...shown, '…'] : shown).join(', ');
}

function events(types: readonly string[]): string {
  return types.length === 1 ? `a \`${types[0]}\` event` : `a batch of ${types.length} events`;
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
