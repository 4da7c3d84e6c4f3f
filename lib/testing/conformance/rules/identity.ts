import { hostname, networkInterfaces } from 'node:os';
import { types } from 'node:util';
import { guarded } from '../../../host/guarded.js';
import { conformanceMessages } from '../conformance.messages.js';
import type { Subject } from '../subject.js';
import { Encoder } from '../encoder.js';
import { requestValues } from '../request-values.js';
import { aSample, allTypes } from '../sample-events.js';
import { deepFrozen, isObject } from '../../../event/json-values.js';
import { orBroken } from '../untrusted-code.js';

const MAX_ID = 1_000;
const ADDRESS = /(?:^|[._$-])(?:client_?)?ip(?:_?address)?$/i;
const USER_AGENT = /user_?-?agent/i;
/** Values with which platforms mark a missing address. */
const NONE = /^(?:|0|false|null|undefined|0\.0\.0\.0|::)$/;

/** The address and the user agent of a request are those of a person, or absent: never this machine's. */
function host(setup: Subject): void {
  const encoder = new Encoder(setup);
  const own = new Set([hostname(), ...addresses()]);
  for (const event of [...allTypes(), aSample({ context: { page: { path: '/teapots' } } })]) {
    const held = encoder.admitted(event);
    const request = held && encoder.request([held]);
    const values = request && guarded(() => requestValues(request));
    for (const [place, value] of values ?? []) {
      if (!place.startsWith('body') && !place.startsWith('query')) continue;
      const isClaimed = (ADDRESS.test(place) || USER_AGENT.test(place)) && !NONE.test(value);
      if (own.has(value) || isClaimed) throw new Error(conformanceMessages.ownHost(place));
    }
  }
}

function addresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
}

const UUID = 'f0e1d2c3-b4a5-4697-8879-6a5b4c3d2e1f';
/** Cookies of the platforms' browser libraries, in the form that each writes. */
const COOKIES: Readonly<Record<string, string>> = {
  km_ai: 'Zm9yZWlnbi12aXNpdG9yLWttMTI=',
  ajs_anonymous_id: UUID,
  rl_anonymous_id: UUID,
  __eventn_id: 'foreignjit',
  ph_phc_foreign_posthog: encodeURIComponent(JSON.stringify({ distinct_id: UUID })),
  mp_foreign_mixpanel: encodeURIComponent(JSON.stringify({ distinct_id: UUID, $device_id: UUID })),
  AMP_foreign: Buffer.from(encodeURIComponent(JSON.stringify({ deviceId: UUID }))).toString('base64'),
  _ga: 'GA1.1.1234567890.1700000000',
  _sp_id: `${UUID}.1700000000.1.1700000000.1700000000.${UUID}`,
  _fbp: 'fb.1.1700000000000.1234567890',
};

/** A resolver reads its platform's cookies. */
function browserIds(setup: Subject): void {
  const own = Object.keys(setup.cookies ?? {});
  const { resolvers = [] } = new Encoder(setup).destination;
  for (const [name, value] of Object.entries(COOKIES)) {
    if (own.includes(name)) continue;
    const request = deepFrozen(requestWith({ [name]: value }));
    const claims = resolvers.map((resolver) => guarded(() => resolver(request)));
    const isRead = claims.some((each) => Object.values(each ?? {}).some((claim) => claim !== undefined));
    if (isRead) throw new Error(conformanceMessages.foreignIds(name));
  }
}

/** A resolver reads data that any client may have written. */
function resolvers(setup: Subject): void {
  const { resolvers = [] } = new Encoder(setup).destination;
  const cookies = setup.cookies ?? {};
  const plain = requestWith(cookies);
  for (const resolver of resolvers) {
    for (const request of [plain, ...hostileRequests(cookies)]) {
      checkClaims(orBroken(() => resolver(deepFrozen(request)), conformanceMessages.resolverThrows));
    }
  }
  if (resolvers.length === 0 || Object.keys(cookies).length === 0) return;
  const found = resolvers.some((resolver) =>
    Object.values(resolver(plain) ?? {}).some((each) => each !== undefined),
  );
  if (!found) throw new Error(conformanceMessages.resolverBlind());
}

function checkClaims(claims: unknown): void {
  if (claims === undefined) return;
  if (!isObject(claims) || types.isPromise(claims)) throw new Error(conformanceMessages.noClaims());
  if (claims['userId'] !== undefined) throw new Error(conformanceMessages.claimsUser());
  for (const [member, value] of Object.entries(claims)) {
    if (typeof value !== 'string') continue;
    if (value === '' || value.length > MAX_ID || /\p{Cc}/u.test(value)) {
      throw new Error(conformanceMessages.unchecked(member, MAX_ID));
    }
  }
}

interface AnyRequest {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly cookies?: unknown;
}

function requestWith(cookies: Readonly<Record<string, string>>): AnyRequest {
  const pairs = Object.entries(cookies).map(([name, value]) => `${name}=${value}`);
  return { headers: { cookie: pairs.join('; ') } };
}

/** The platform's cookies with hostile values, and objects that are not requests. */
function hostileRequests(cookies: Readonly<Record<string, string>>): AnyRequest[] {
  const values = [
    '',
    'x'.repeat(50_000),
    '%',
    '%E0%A4%A',
    'a%00b%0D%0Ac',
    '%7B%22distinct_id%22%3A%7B%7D%7D',
    '%7B%22__proto__%22%3A%7B%22polluted%22%3Atrue%7D%7D',
    '%5B'.repeat(5_000),
    'null',
    'undefined',
    '..........',
  ];
  const spoilt = Object.entries(cookies).flatMap(([name, value]) =>
    [...values, value.slice(0, -1), `${value}%00`, value + value].map((each) =>
      requestWith({ ...cookies, [name]: each }),
    ),
  );
  return [
    {},
    { headers: {} },
    { headers: { cookie: ['a=b', 'c=d'] } },
    { headers: { cookie: 'a' } },
    ...spoilt,
  ];
}

export const IDENTITY_RULES = { host, 'browser-ids': browserIds, resolvers };
