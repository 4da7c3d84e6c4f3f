import type { Answer, CollectorPlatform, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import { isLonger, isObject, objectOf, parseJson, textOf } from '../reading/json.js';
import { allRejected, answering, jsonAnswer, textAnswer, withoutEvents } from '../reading/reading.js';
import { basicUser, pathOf, sdkBody } from '../reading/request.js';
import { readEventRecord, readProfileRecord, type ReadRecord } from './record.js';
import { FAILURES, REQUEST_PROBLEMS } from './mixpanel.messages.js';
import { MAX_BYTES, MAX_RECORDS } from './rules.js';

/** The facts of a request that its answer depends on. */
interface AnswerForm {
  /** `/import`, and the other paths with `strict=1`: an answer with counts. The others answer 1 or 0. */
  readonly isCounted: boolean;
  readonly isVerbose: boolean;
  /** `$insert_id` of each record; null: it has none. */
  readonly ids: readonly (string | null)[];
}

/** Requests that carry no events have no form. */
interface MixpanelReading extends Reading {
  readonly form?: AnswerForm;
}

const PLAIN: AnswerForm = { isCounted: false, isVerbose: false, ids: [] };

const UNAUTHORIZED = failure(401, 'Invalid credentials', 'Unauthorized');
const TOO_LARGE = failure(413, 'The request exceeds the limit of 10485760 bytes', 'Request Entity Too Large');
const ENDPOINTS: ReadonlySet<string> = new Set(['/import', '/track', '/engage', '/groups']);
/** Answers to the requests of mixpanel-browser that carry no events. */
const HOUSEKEEPING: ReadonlyMap<string, Answer> = new Map([
  ['/flags', jsonAnswer(200, { flags: {} })],
  ['/settings', jsonAnswer(200, {})],
  ['/decide', jsonAnswer(200, { notifications: [], config: { enable_collect_everything: false } })],
  ['/record', jsonAnswer(200, { code: 200, status: 'OK' })],
]);

/** Mixpanel: `/import`, `/track`, `/engage` and `/groups`. */
export const mixpanel: CollectorPlatform = {
  name: 'mixpanel',
  title: 'Mixpanel',
  read(request: CollectorRequest): MixpanelReading | undefined {
    const path = pathOf(request);
    const answer = HOUSEKEEPING.get(path);
    if (answer !== undefined) return withoutEvents(answer);
    return ENDPOINTS.has(path) ? readRecords(path, request) : undefined;
  },
  answer: answering<MixpanelReading>({
    rejected: ({ form }) => badRequest(form),
    'events-rejected': ({ form = PLAIN }) => {
      const records = form.ids.map((id, index) => ({ index, insert_id: id, ...FAILURES.badTime }));
      return failed(records, 0, form);
    },
    unauthorized: UNAUTHORIZED,
    'too-large': TOO_LARGE,
    throttled: failure(429, 'Project exceeded rate limits', 'Too Many Requests'),
    error: { status: 503 },
  }),
};

function readRecords(endpoint: string, request: CollectorRequest): MixpanelReading {
  const isImport = endpoint === '/import';
  const isStrict = request.query.get('strict') === '1';
  const { receivedAt } = request;
  const bodyLength = request.body.length;
  const items = itemsOf(request, isImport);
  const records = (items ?? []).map((item) =>
    isImport || endpoint === '/track'
      ? readEventRecord(item, { isTrack: !isImport, isStrict: isImport && isStrict, receivedAt, bodyLength })
      : readProfileRecord(item, endpoint === '/groups', bodyLength),
  );
  const events = records.map(({ event }) => event);
  const form: AnswerForm = {
    isCounted: isImport || isStrict,
    isVerbose: request.query.get('verbose') === '1',
    ids: events.map(({ id }) => id),
  };
  const refused = (answer: Answer, problem: string): MixpanelReading => ({
    ...allRejected(events, answer, problem),
    form,
  });

  const credentialProblem = isImport ? credentialProblemOf(request) : undefined;
  if (credentialProblem !== undefined) return refused(UNAUTHORIZED, credentialProblem);
  if (isLonger(request.body, MAX_BYTES)) return refused(TOO_LARGE, REQUEST_PROBLEMS.tooLarge);
  if (items === undefined) return refused(badRequest(form), REQUEST_PROBLEMS.undecodable);
  if (items.length === 0) return refused(badRequest(form), REQUEST_PROBLEMS.empty);
  if (items.length > MAX_RECORDS) return refused(TOO_LARGE, REQUEST_PROBLEMS.tooMany);
  return { ...verdict(records, form, isImport && !isStrict), form, account: projectOf(request, items[0]) };
}

/** The records; undefined: the body is neither an array of them, nor lines, nor a form. */
function itemsOf(request: CollectorRequest, isImport: boolean): readonly unknown[] | undefined {
  if (isImport && request.headers['content-type']?.startsWith('application/x-ndjson') === true) {
    const lines = request.body.split('\n').filter((line) => line.trim() !== '');
    return lines.map(parseJson);
  }
  const content = isImport ? parseJson(request.body) : sdkBody(request);
  if (Array.isArray(content)) return content;
  return !isImport && isObject(content) ? [content] : undefined;
}

/** A token or a legacy secret is the user, without a password; a service account has both, and no project. */
function credentialProblemOf({ headers, query }: CollectorRequest): string | undefined {
  const [, encoded = ''] = /^basic +(\S+)$/i.exec(headers['authorization'] ?? '') ?? [];
  const [user = '', secret = ''] = Buffer.from(encoded, 'base64').toString().split(':');
  if (user === '') return REQUEST_PROBLEMS.unauthorized;
  return secret !== '' && (query.get('project_id') ?? '') === '' ? REQUEST_PROBLEMS.noProject : undefined;
}

/** `/import` names its project in the credentials, and the other paths in each record: those of one request have the same. */
function projectOf({ headers, query }: CollectorRequest, first: unknown): string | undefined {
  const { $token, properties } = objectOf(first);
  return (
    query.get('project_id') ??
    basicUser(headers['authorization']) ??
    textOf(objectOf(properties)['token'] ?? $token) ??
    undefined
  );
}

/** The valid records are stored, whatever the others are. Without `strict`, `/import` says nothing about these. */
function verdict(records: readonly ReadRecord[], form: AnswerForm, isSilent: boolean): Reading {
  const named = records.flatMap(({ event, failure }, index) =>
    failure === undefined ? [] : [{ index, insert_id: event.id, ...failure }],
  );
  if (isSilent || named.length === 0) {
    const events = records.map(({ event, failure }): ReadEvent =>
      failure === undefined ? event : { ...event, outcome: 'dropped' },
    );
    return { events, answer: stored(records.length, form), problems: [] };
  }
  return {
    events: records.map(({ event }) => event),
    answer: failed(named, records.length - named.length, form),
    problems: [REQUEST_PROBLEMS.invalid],
  };
}

function failure(code: number, error: string, status: string, more?: object): Answer {
  return jsonAnswer(code, { code, error, status, ...more });
}

function stored(count: number, form: AnswerForm): Answer {
  if (!form.isCounted) return bare(true, form);
  return jsonAnswer(200, { code: 200, num_records_imported: count, status: 'OK' });
}

/** `count`: the records that are stored. */
function failed(records: readonly object[], count: number, form: AnswerForm): Answer {
  if (!form.isCounted) return bare(false, form);
  return failure(400, 'some data points in the request failed validation', 'Bad Request', {
    num_records_imported: count,
    failed_records: records,
  });
}

function badRequest(form = PLAIN): Answer {
  return form.isCounted ? failure(400, 'Invalid JSON', 'Bad Request') : bare(false, form);
}

/** `/track`, `/engage` and `/groups` without `strict=1`: the status is 200 also for a failure. */
function bare(isStored: boolean, { isVerbose }: AnswerForm): Answer {
  if (!isVerbose) return textAnswer(200, isStored ? '1' : '0', { 'content-type': 'text/plain' });
  const error = isStored ? null : 'some data objects in the request are invalid';
  return jsonAnswer(200, { status: isStored ? 1 : 0, error });
}
