import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { TrackingConfigError } from 'nestjs-tracking';
import type { Destination, DestinationOptions, Outcome } from 'nestjs-tracking';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { ConformanceRule } from '../../../lib/testing/index.js';
import { acmeEvent, acmeRequest, TOKEN, URL_ } from './acme.js';

/** The difference of a destination that breaks one rule. */
export type Fault = (
  good: Destination,
  credentials: boolean,
  options: DestinationOptions,
) => Partial<Destination>;

/** A destination that breaks a rule, and the kit's message about it. */
export type Broken = readonly [rule: ConformanceRule, what: string, says: RegExp, fault: Fault];

/** Another form of each event. */
function events(each: (held: LaneEvent, attempt: { now: number; number: number }) => object): Fault {
  return () => ({
    encode: (batch, attempt) => ({
      ...acmeRequest(batch, attempt.now),
      body: JSON.stringify({ sentAt: attempt.now, events: batch.map((held) => each(held, attempt)) }),
    }),
  });
}

/** Another reading of one status. */
function reads(status: number, word: 'delivered' | 'refused' | 'retry'): Fault {
  return (good) => ({
    decode: (answer, batch) => (answer.status === status ? word : good.decode!(answer, batch)),
  });
}

/** Without some members of each event. */
function without(...members: (keyof ReturnType<typeof acmeEvent>)[]): Fault {
  return events((held) =>
    Object.fromEntries(Object.entries(acmeEvent(held)).filter(([name]) => !members.includes(name as never))),
  );
}

const START: readonly Broken[] = [
  [
    'start',
    'starts without its token',
    /Without credentials the application starts/,
    () => ({ check: () => undefined, credentials: [] }),
  ],
  [
    'disabled',
    'needs its token also where tracking is disabled',
    /With `enabled: false` and without credentials the application does not start/,
    (_, credentials) => ({
      check: (path) => {
        if (!credentials) throw new TrackingConfigError(`${path}.token`, 'acme: `token` is missing.');
      },
    }),
  ],
  [
    'rehearsed',
    'declines everything without its token',
    /Without credentials `accept` declines a plain `track` event/,
    (good, credentials) => ({
      accept: (event) => (credentials ? good.accept!(event) : { declined: 'unsupported' }),
    }),
  ],
  [
    'options',
    'has a deadline of its own',
    /for `timeoutMs`\. Pass the options/,
    () => ({ timeoutMs: 5_000 }),
  ],
];

const ADMISSION: readonly Broken[] = [
  [
    'types',
    'declines with a word of its own',
    /declines a `alias` event with a word that is not a Reason/,
    () => ({ accept: ({ type }) => (type === 'alias' ? { declined: 'never' as never } : undefined) }),
  ],
  [
    'types',
    'sends traits as if they had happened',
    /A `identify` event is sent like a `track`/,
    without('type'),
  ],
  [
    'accept',
    'throws for a type',
    /`accept` throws for a `group` event: no groups/,
    () => ({
      accept: ({ type }) => {
        if (type === 'group') throw new Error('no groups.');
        return type === 'alias' ? { declined: 'unsupported' } : undefined;
      },
    }),
  ],
  [
    'accept',
    'answers later',
    /For a `group` event `accept` does not return/,
    (good) => ({
      accept: (event) => (event.type === 'group' ? (Promise.resolve() as never) : good.accept!(event)),
    }),
  ],
  [
    'accept',
    'marks the events that it saw',
    /`accept` changes a `track` event/,
    (good) => ({
      accept(event) {
        Reflect.set(event, 'seen', true);
        return good.accept!(event);
      },
    }),
  ],
  [
    'accept',
    'notes the time',
    /decides about the same `track` event differently/,
    (good) => ({ accept: (event) => good.accept!(event) ?? { note: Date.now() } }),
  ],
  [
    'accept',
    'measures events by their JSON',
    /reads all 2000 properties of a `track` event/,
    (good) => ({
      accept: (event) =>
        JSON.stringify(event).length > 1e9 ? { declined: 'too_large' } : good.accept!(event),
    }),
  ],
  [
    'partition',
    'divides at random',
    /another part for the same event/,
    () => ({ partition: () => randomUUID() }),
  ],
  [
    'partition',
    'has numbers as parts',
    /returns no string \(number\)/,
    () => ({ partition: () => 7 as never }),
  ],
];

const REQUESTS: readonly Broken[] = [
  [
    'encode',
    'expects text or numbers',
    /`encode` throws for a `\w+` event .*null/,
    events((held) => {
      const lengths = Object.values(held.event.properties).map((value) => (value as string).length);
      return { ...acmeEvent(held), lengths };
    }),
  ],
  [
    'encode',
    'writes into events',
    /`encode` throws for .* (?:not extensible|read only)/,
    events((held) => {
      if (held.event.properties['plan'] === undefined) Object.assign(held.event, { sent: true });
      return acmeEvent(held);
    }),
  ],
  [
    'encode',
    'has names in headers',
    /no valid request for .*check `headers`/,
    (good) => ({
      encode: (batch, attempt) => {
        const request = good.encode(batch, attempt);
        return { ...request, headers: { ...request.headers, 'x-name': batch[0]!.event.name } };
      },
    }),
  ],
  [
    'limits',
    'sends properties four times',
    /becomes a request of \d+ bytes; the limit of a request is 512000/,
    events((held) => {
      const { properties } = held.event;
      return { ...acmeEvent(held), copies: [properties, properties, properties] };
    }),
  ],
  ['content', 'sends no ids', /differ in `id` give the same request/, without('id')],
  ['content', 'sends no times', /differ in `timestamp` give the same request/, without('time')],
  [
    'content',
    'sends the time of the attempt as the time of the event',
    /differ in `timestamp` give the same request/,
    events((held, { now }) => ({ ...acmeEvent(held), time: now })),
  ],
  ['content', 'sends no names', /differ in `name` give the same request/, without('name')],
  ['content', 'sends no groups', /differ in `groupId` give the same request/, without('group')],
  [
    'content',
    'knows no visitors',
    /differ in `anonymousId` give the same request/,
    events((held) => ({ ...acmeEvent(held), person: held.event.userId })),
  ],
  ['content', 'sends no properties', /differ in `properties` give the same request/, without('properties')],
];

const ATTEMPTS: readonly Broken[] = [
  [
    'repeatable',
    'makes ids of its own',
    /gives another request when built again \(`body\.events\.0\.insertId`\)/,
    events((held) => ({ ...acmeEvent(held), insertId: randomUUID() })),
  ],
  [
    'repeatable',
    'makes an id when it is made',
    /gives another request after a restart \(`header\.x-client`\)/,
    (good) => {
      const client = randomUUID();
      return {
        encode: (batch, attempt) => {
          const request = good.encode(batch, attempt);
          return { ...request, headers: { ...request.headers, 'x-client': client } };
        },
      };
    },
  ],
  [
    'repeatable',
    'sends otherwise what comes from a journal',
    /gives another request with events from a journal/,
    events((held) => ({ ...acmeEvent(held), replayed: held.json !== undefined })),
  ],
  [
    'attempts',
    'has an id for each attempt',
    /differs from the first \(`body\.events\.0\.id`\)/,
    events((held, { number }) => ({ ...acmeEvent(held), id: `${held.event.id}-${number}` })),
  ],
  [
    'attempts',
    'has an id for each moment',
    /A later attempt differs \(`body\.events\.0\.id`\)/,
    events((held, { now }) => ({ ...acmeEvent(held), id: `${held.event.id}-${now}` })),
  ],
  [
    'attempts',
    'has an idempotency key for each moment',
    /A later attempt differs \(`header\.idempotency-key`\)/,
    (good) => ({
      encode: (batch, attempt) => {
        const request = good.encode(batch, attempt);
        return { ...request, headers: { ...request.headers, 'Idempotency-Key': `k${attempt.now}` } };
      },
    }),
  ],
  [
    'clock',
    'reads the clock',
    /depends on the clock of the machine \(`body\.sentAt`\)/,
    () => ({ encode: (batch) => acmeRequest(batch, Date.now()) }),
  ],
  [
    'clock',
    'remembers the first attempt',
    /sends values of an earlier one \(`body\.sentAt`\)/,
    () => {
      let sentAt: number | undefined;
      return { encode: (batch, { now }) => acmeRequest(batch, (sentAt ??= now)) };
    },
  ],
];

/** A correct destination with a token from a function; `keep` is the fault of a broken one. */
function withFresh(keep: (token: string) => string): Fault {
  return (good, credentials) => ({
    ...(credentials && {
      credentials: () => Promise.resolve({ values: { token: 'fresh-token-0123456789' } }),
    }),
    encode(batch, attempt) {
      const request = good.encode(batch, attempt);
      const token = keep(attempt.credentials?.['token'] ?? 'none');
      return { ...request, headers: { ...request.headers, 'x-token': token } };
    },
  });
}

const SECRETS: readonly Broken[] = [
  [
    'credentials',
    'uses no credentials of the attempt',
    /Other `attempt\.credentials` give the same request/,
    withFresh(() => 'fixed'),
  ],
  [
    'credentials',
    'keeps the first credentials',
    /contains credentials of an earlier attempt/,
    (...given) => {
      const seen: string[] = [];
      return withFresh((token) => `${seen.push(token)} ${[...new Set(seen)].join()}`.replace(/^\d+ /, ''))(
        ...given,
      );
    },
  ],
  [
    'secret-in-url',
    'has its token in the URL',
    /The URL contains a secret \(percent-encoded|The URL contains a secret \(as it is\)/,
    (good) => ({
      encode: (batch, attempt) => ({ ...good.encode(batch, attempt), url: `${URL_}?token=${TOKEN}` }),
    }),
  ],
  [
    'secrets',
    'names no secrets',
    /A secret \(.*\) appears in the stored part of an answer|`stats\(\)`|the log/,
    () => ({ secrets: [] }),
  ],
  [
    'secrets',
    'has its token for a host',
    /appears in the account/,
    () => ({ account: [`https://${TOKEN}.example.com`, 'shop'] }),
  ],
  [
    'secrets',
    'shows its token in a warning',
    /appears in a message to `setup\.notice\(\)`/,
    () => ({ open: (setup) => setup.notice('unusual_credential', 'token', () => `The token is ${TOKEN}.`) }),
  ],
  [
    'secrets',
    'shows its token in an error',
    /appears in an error at start/,
    (good, _, { concurrency = 1 }) => ({
      check(path, credentials) {
        if (concurrency < 1) throw new TrackingConfigError(path, `acme: check the options of ${TOKEN}.`);
        good.check!(path, credentials);
      },
    }),
  ],
];

const IDENTITY: readonly Broken[] = [
  [
    'host',
    'sends the name of the machine',
    /`body\.events\.0\.device` holds an address, host name/,
    events((held) => ({ ...acmeEvent(held), device: hostname() })),
  ],
  [
    'host',
    'sends an address that no event has',
    /`body\.events\.0\.\$ip` holds an address/,
    events((held) => ({ ...acmeEvent(held), $ip: '203.0.113.7' })),
  ],
  [
    'browser-ids',
    'reads the cookie of another platform',
    /read from the cookie `ajs_anonymous_id` of another platform/,
    (good) => ({
      resolvers: [
        ...good.resolvers!,
        (request) => {
          const id = /(?:^|; )ajs_anonymous_id=([\w-]{1,64})(?:;|$)/.exec(
            String(request.headers?.cookie),
          )?.[1];
          return id === undefined ? undefined : { anonymousId: id };
        },
      ],
    }),
  ],
  [
    'resolvers',
    'expects a cookie in each request',
    /A resolver throws for a request of a client/,
    () => ({
      resolvers: [({ headers }) => ({ anonymousId: /acme=([\w-]{1,64})/.exec(headers.cookie)![1]! })],
    }),
  ],
  [
    'resolvers',
    'believes a cookie',
    /A resolver returns a `userId`/,
    (good) => ({
      resolvers: [
        (request) => {
          const claims = good.resolvers![0]!(request);
          return claims && { ...claims, userId: claims.anonymousId };
        },
      ],
    }),
  ],
  [
    'resolvers',
    'reads a cookie of any length',
    /returns a `anonymousId` that is empty, longer than 1000 characters/,
    () => ({
      resolvers: [(request) => ({ anonymousId: /acme=([^;]+)/.exec(String(request.headers?.cookie))?.[1] })],
    }),
  ],
  [
    'resolvers',
    'reads another cookie',
    /No resolver finds anything in the cookies/,
    () => ({ resolvers: [() => undefined] }),
  ],
];

const ANSWERS: readonly Broken[] = [
  [
    'success',
    'does not understand success',
    /counts as `unverified`: `decode` throws/,
    (good) => ({
      decode(answer, batch) {
        const read = good.decode!(answer, batch);
        if (answer.status === 200 && read instanceof Map && read.size === 0) throw new Error('nothing');
        return read;
      },
    }),
  ],
  [
    'unavailable',
    'takes an outage for success',
    /After the answer 'unavailable', \d+ events count as delivered that the platform never accepted/,
    reads(503, 'delivered'),
  ],
  ['throttled', 'takes throttling for a refusal', /before `Retry-After` had passed/, reads(429, 'refused')],
  ['unauthorized', 'retries with a wrong token', /and the lane is not parked/, reads(401, 'retry')],
  ['invalid', 'retries what is invalid', /After the answer 'invalid'.*still pending/, reads(400, 'retry')],
  [
    'too-large',
    'takes what is too large for delivered',
    /After the answer 'tooLarge', \d+ events count as delivered/,
    reads(413, 'delivered'),
  ],
  [
    'per-event',
    'reads no outcomes of single events',
    /After the answer 'rejected', \d+ events were delivered and 0 became dead letters/,
    () => ({ decode: undefined as never }),
  ],
  [
    'per-event',
    'rejects the event at the other end',
    /another event became the dead letter/,
    (good) => ({
      decode(answer, batch) {
        const read = good.decode!(answer, batch);
        const last: [string, Outcome] = [batch.at(-1)!.event.id, { kind: 'rejected' }];
        const isNamed = read instanceof Map && batch.some(({ event }) => read.has(event.id));
        return isNamed && batch.length > 1 ? new Map([last]) : read;
      },
    }),
  ],
  [
    'hostile-answers',
    'rejects all events with an answer that it does not understand',
    /A 200 answer with no body made events dead letters/,
    (good) => ({
      decode(answer, batch) {
        try {
          return good.decode!(answer, batch);
        } catch {
          return new Map(batch.map(({ event }): [string, Outcome] => [event.id, { kind: 'rejected' }]));
        }
      },
    }),
  ],
  [
    'hostile-answers',
    'copies an answer',
    /with a member __proto__ changed Object\.prototype/,
    (good) => ({
      decode(answer, batch) {
        if (answer.body.startsWith('{"__proto__"')) copyInto({}, JSON.parse(answer.body));
        return good.decode!(answer, batch);
      },
    }),
  ],
  [
    'hostile-answers',
    'reads some answers later',
    /`decode` returns a promise/,
    (good) => ({
      decode: (answer, batch) =>
        answer.body === 'null' ? (Promise.resolve() as never) : good.decode!(answer, batch),
    }),
  ],
];

export const BROKEN: readonly Broken[] = [
  ...START,
  ...ADMISSION,
  ...REQUESTS,
  ...ATTEMPTS,
  ...SECRETS,
  ...IDENTITY,
  ...ANSWERS,
];

function copyInto(target: Record<string, unknown>, source: Record<string, unknown>): void {
  for (const name of Object.keys(source)) {
    const value = source[name];
    if (typeof value !== 'object' || value === null) target[name] = value;
    else copyInto((target[name] ??= {}) as Record<string, unknown>, value as Record<string, unknown>);
  }
}
