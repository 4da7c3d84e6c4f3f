import { types } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { PlayedAnswer } from '../../../destinations/played-dispatcher.js';
import { guarded } from '../../../host/guarded.js';
import type { PlatformAnswer } from '../conformance-setup.js';
import type { Destination } from '../../../destinations/destination.js';
import { observedDestination } from '../../observed-destination.js';
import { conformanceMessages } from '../conformance.messages.js';
import type { Subject } from '../subject.js';
import { PlayedLane, type LaneRequest } from '../played-lane.js';
import { aSample, giveAll } from '../sample-events.js';
import { answerOf } from './answers.js';

const DAY_MS = 86_400_000;
const STATUSES = [200, 400, 503];

/** For any answer, every event is settled, none is lost, and nothing outside of the lane changes. */
async function hostile(setup: Subject): Promise<void> {
  for (const status of STATUSES) {
    for (const answer of hostileAnswers(setup)) await survived(setup, status, answer);
  }
}

async function survived(setup: Subject, status: number, { what, make }: HostileAnswer): Promise<void> {
  const promises = { count: 0 };
  const real = observed(setup.create({}, true), promises);
  let seen = status;
  const lane = new PlayedLane(real, (request) => {
    if (request.attempt > 1) return answerOf(setup, 'success', request);
    const answer = make(status, request);
    if ('status' in answer) seen = answer.status;
    return answer;
  });
  const ids = giveAll(lane.service, [aSample(), aSample()]);
  await lane.settled(DAY_MS);
  const { pending, dead, delivered } = lane.stats;
  await lane.close();
  const polluted = ({} as { polluted?: unknown }).polluted !== undefined;
  delete (Object.prototype as { polluted?: unknown }).polluted;
  if (polluted) throw new Error(conformanceMessages.pollutes(status, what));
  if (promises.count > 0) throw new Error(conformanceMessages.decodesLater());
  if (pending > 0) throw new Error(conformanceMessages.hostilePending(status, what));
  // Of a 400, the lane itself decides by other requests whether the event is the cause.
  if (seen !== 400 && (dead > 0 || delivered !== ids.length)) {
    throw new Error(conformanceMessages.hostileDead(status, what));
  }
}

function observed(real: Destination, promises: { count: number }): Destination {
  if (real.decode === undefined) return real;
  return observedDestination(real, {
    decode(answer, batch) {
      const said = real.decode!(answer, batch);
      if (types.isPromise(said)) promises.count++;
      return said;
    },
  });
}

/** Undocumented answers, by their fault. */
interface HostileAnswer {
  readonly what: string;
  readonly make: (status: number, request: LaneRequest) => PlayedAnswer;
}

const OTHER_ID = 'ffffffff-ffff-7fff-bfff-ffffffffffff';
const JSON_TYPE = { 'content-type': 'application/json' };

const BODIES: Readonly<Record<string, string | Uint8Array>> = {
  'no body': '',
  'blanks only': ' \r\n ',
  'a page of a proxy': '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>',
  null: 'null',
  'a number': '0',
  'a text': '"ok"',
  'an empty list': '[]',
  'an empty object': '{}',
  'a list of nothing': '[null,[],{},0,""]',
  'unexpected kinds of values':
    '{"status":{},"results":7,"errors":"x","events":{"0":null},"rejected":{},"failed_records":[null]}',
  'truncated JSON': '{"status":"ok","results":{"0193',
  'deeply nested JSON': '['.repeat(30_000),
  'a member __proto__':
    '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"results":{"__proto__":{"polluted":true}}}',
  'a byte order mark': '\ufeff{"status":"ok"}',
  'bytes that are no text': Uint8Array.from({ length: 512 }, (_, n) => (n * 167) % 256),
  'a body over 64 KB': `{"results":"${'x'.repeat(100_000)}"}`,
  'a body over 1 MB': 'x'.repeat(1_500_000),
};

/** Answers with every status of a rule. Answers about events name events that are not in the request. */
function hostileAnswers(setup: Subject): HostileAnswer[] {
  const plain = Object.entries(BODIES).map(([what, body]): HostileAnswer => ({
    what,
    make: (status) => ({ status, headers: JSON_TYPE, body }),
  }));
  const bomb = gzipSync(Buffer.alloc(5_000_000));
  const encoded: HostileAnswer[] = [
    {
      what: 'an encoding that is not that of the body',
      make: (status) => ({ status, headers: { 'content-encoding': 'gzip' }, body: '{"status":"ok"}' }),
    },
    {
      what: 'a body of 5 MB in a few bytes of gzip',
      make: (status) => ({ status, headers: { 'content-encoding': 'gzip' }, body: bomb }),
    },
    {
      what: 'an unknown encoding',
      make: (status) => ({ status, headers: { 'content-encoding': 'sdch' }, body: 'x' }),
    },
    { what: 'a body that is cut off', make: (status) => ({ status, body: '{"status":"o', cut: true }) },
    {
      what: 'a bad Retry-After',
      make: (status) => ({ status, headers: { 'retry-after': 'Infinity, -5, soon' }, body: '' }),
    },
  ];
  return [...plain, ...encoded, ...spoilt(setup)];
}

/** The platform's own answer about single events, for events that the request does not have, and cut in the middle. */
function spoilt({ answers }: Subject): HostileAnswer[] {
  const rejected = answers?.rejected;
  if (rejected === undefined) return [];
  const about = (request: LaneRequest, ids: readonly string[]): PlatformAnswer =>
    guarded(() => rejected({ ...request, ids })) ?? { status: 200 };
  return [
    { what: 'ids of other events', make: (_, request) => about(request, [OTHER_ID]) },
    { what: 'ids that are no ids', make: (_, request) => about(request, ['__proto__']) },
    {
      what: 'a truncated answer about single events',
      make: (_, request) => {
        const answer = about(request, request.ids);
        const { body = '' } = answer;
        return { ...answer, body: body.slice(0, body.length / 2) };
      },
    },
  ];
}

export const HOSTILE_RULES = { 'hostile-answers': hostile };
