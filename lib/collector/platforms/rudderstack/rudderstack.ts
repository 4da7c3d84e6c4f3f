import type { Answer, CollectorPlatform, CollectorRequest, Reading } from '../../platform.js';
import { answering, jsonAnswer, textAnswer, withoutEvents } from '../reading/reading.js';
import { basicUser, pathOf } from '../reading/request.js';
import type { MessageFault } from '../segment-protocol/message.js';
import { PROTOCOL_ROUTES, ProtocolRequest, type Route } from '../segment-protocol/request.js';
import * as messages from '../segment-protocol/segment-protocol.messages.js';

const MAX_BODY_KB = 4_000;
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ...PROTOCOL_ROUTES,
  ['/v1/import', 'batch'],
  ['/beacon/v1/batch', 'batch'],
]);

/** A source without device-mode destinations, so that the SDK sends its events to the data plane alone. */
const SOURCE = {
  id: 'collector',
  name: 'collector',
  writeKey: '',
  enabled: true,
  workspaceId: 'collector',
  config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
  destinations: [],
  connections: [],
};

const SUCCESS: Answer = { status: 200, body: 'ok' };
const ANSWERS = {
  rejected: failure(400, 'request neither has anonymousId nor userId'),
  unauthorized: failure(401, 'invalid write key'),
  'too-large': failure(413, 'request size exceeds max limit'),
  throttled: failure(429, 'max requests limit reached'),
  error: failure(503, 'service unavailable'),
};
const NO_KEY = failure(401, 'failed to read writekey from header');
const UNREADABLE: Readonly<Record<NonNullable<ProtocolRequest['unreadable']>, Answer>> = {
  noPost: failure(404, '404 page not found'),
  noJson: failure(400, 'invalid json'),
  noBatch: failure(400, 'empty batch payload'),
};
/** One such message fails the whole request. */
const POISON: Readonly<Partial<Record<MessageFault, Answer>>> = {
  noObject: failure(400, 'event is not a valid rudder event'),
  noIds: ANSWERS.rejected,
};

/** RudderStack: one bad event rejects its whole request. */
export const rudderstack: CollectorPlatform = {
  name: 'rudderstack',
  title: 'RudderStack',

  read(request) {
    const route = ROUTES.get(request.path);
    if (route === undefined) return readBrowserRequest(request);
    const protocol = new ProtocolRequest(request, route);
    const { messages: sent, events, unreadable, problems } = protocol;
    const refused = (answer: Answer, problem: string): Reading => protocol.all('rejected', answer, problem);
    const account = keyOf(request);
    if (account === undefined && unreadable !== 'noPost') return refused(NO_KEY, messages.noWriteKey);
    if (unreadable !== undefined) return withoutEvents(UNREADABLE[unreadable], ...problems);
    if (sent.length === 0) return withoutEvents(UNREADABLE.noBatch, ...problems, messages.emptyBatch);
    const [poison] = sent.flatMap(({ faults }) => faults.flatMap((fault) => POISON[fault] ?? []));
    if (poison !== undefined) return refused(poison, messages.invalidNeighbour);
    if (protocol.isLonger(MAX_BODY_KB * 1_024)) {
      return refused(ANSWERS['too-large'], messages.tooLargeRequest(MAX_BODY_KB));
    }
    for (const { event } of sent.filter(({ faults }) => faults.includes('noType'))) event.outcome = 'dropped';
    return { events, answer: SUCCESS, problems, account };
  },

  answer: answering(ANSWERS),
};

/** Answers the requests of the browser SDK that carry no events; undefined for other paths. */
function readBrowserRequest(request: CollectorRequest): Reading | undefined {
  const path = pathOf(request);
  // For cookies and about errors; it continues after any answer.
  if (path === '/rsaRequest' || path === '/rsaMetrics') return withoutEvents(jsonAnswer(200, {}));
  if (path !== '/sourceConfig' && path !== '/sourceConfig/v1') return undefined;
  const source = { ...SOURCE, writeKey: request.query.get('writeKey') ?? '' };
  return withoutEvents(jsonAnswer(200, { source, updatedAt: '2026-01-01T00:00:00.000Z' }));
}

/** A beacon cannot have the header. */
function keyOf({ headers, path, query }: CollectorRequest): string | undefined {
  return (
    basicUser(headers['authorization']) || (path.startsWith('/beacon/') && query.get('writeKey')) || undefined
  );
}

function failure(status: number, text: string): Answer {
  return textAnswer(status, `${text}\n`, { 'x-content-type-options': 'nosniff' });
}
