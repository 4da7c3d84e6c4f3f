import type {
  Answer,
  AnswerKind,
  CollectorPlatform,
  CollectorRequest,
  ReadEvent,
  Reading,
} from '../../platform.js';
import { jsonAnswer } from '../reading/answers.js';
import { basicUser } from '../reading/authorization.js';
import { isObject, objectOf, parseJson, textOf } from '../reading/json.js';
import { sdkBody } from '../reading/sdk-body.js';
import { allRejected } from '../reading/whole-request.js';
import {
  answerOf,
  badRequest,
  bare,
  failed,
  REQUEST_TOO_LARGE,
  stored,
  UNAUTHORIZED,
  type AnswerForm,
} from './answers.js';
import { readEventRecord, type ReadRecord } from './event-record.js';
import { readProfileRecord } from './profile-record.js';
import { REQUEST_PROBLEMS } from './mixpanel.messages.js';
import { MAX_BYTES, MAX_RECORDS } from './rules.js';

type Endpoint = '/import' | '/track' | '/engage' | '/groups';

interface MixpanelReading extends Reading {
  readonly form?: AnswerForm;
}

/** Answers to the requests of mixpanel-browser that carry no events. */
const HOUSEKEEPING: ReadonlyMap<string, Answer> = new Map([
  ['/flags', jsonAnswer(200, { flags: {} })],
  ['/settings', jsonAnswer(200, {})],
  ['/decide', jsonAnswer(200, { notifications: [], config: { enable_collect_everything: false } })],
  ['/record', jsonAnswer(200, { code: 200, status: 'OK' })],
]);
const PLAIN: AnswerForm = { isCounted: false, isVerbose: false, ids: [] };

/** Mixpanel: `/import`, `/track`, `/engage` and `/groups`. */
export const mixpanel: CollectorPlatform = {
  name: 'mixpanel',
  title: 'Mixpanel',
  read(request: CollectorRequest): MixpanelReading | undefined {
    const path =
      request.path.length > 1 && request.path.endsWith('/') ? request.path.slice(0, -1) : request.path;
    const answer = HOUSEKEEPING.get(path);
    if (answer !== undefined) return { events: [], answer, problems: [] };
    return isEndpoint(path) ? readRecords(path, request) : undefined;
  },
  answer: (kind: AnswerKind, { form = PLAIN }: MixpanelReading) => answerOf(kind, form),
};

function isEndpoint(path: string): path is Endpoint {
  return path === '/import' || path === '/track' || path === '/engage' || path === '/groups';
}

function readRecords(endpoint: Endpoint, request: CollectorRequest): MixpanelReading {
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
    events: allRejected(events),
    answer,
    problems: [problem],
    form,
  });

  const credentialProblem = isImport ? credentialProblemOf(request) : undefined;
  if (credentialProblem !== undefined) return refused(UNAUTHORIZED, credentialProblem);
  if (bodyLength > MAX_BYTES / 3 && Buffer.byteLength(request.body) > MAX_BYTES) {
    return refused(REQUEST_TOO_LARGE, REQUEST_PROBLEMS.tooLarge);
  }
  if (items === undefined) return refused(badRequest(form), REQUEST_PROBLEMS.undecodable);
  if (items.length === 0) return refused(badRequest(form), REQUEST_PROBLEMS.empty);
  if (items.length > MAX_RECORDS) return refused(REQUEST_TOO_LARGE, REQUEST_PROBLEMS.tooMany);
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

/** A token or a legacy secret is the user, without a password; a service account has both, and no project of its own. */
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
  const invalid = records.flatMap(({ event, failure }, index) =>
    failure === undefined ? [] : [{ index, insert_id: event.id, ...failure }],
  );
  const count = records.length - invalid.length;
  const events = records.map(({ event }) => (isSilent ? silenced(event) : event));
  if (isSilent || invalid.length === 0) {
    return { events, answer: form.isCounted ? stored(records.length) : bare(true, form), problems: [] };
  }
  return {
    events,
    answer: form.isCounted ? failed(invalid, count) : bare(false, form),
    problems: [REQUEST_PROBLEMS.invalid],
  };
}

function silenced(event: ReadEvent): ReadEvent {
  return event.outcome === 'rejected' ? { ...event, outcome: 'dropped' } : event;
}
