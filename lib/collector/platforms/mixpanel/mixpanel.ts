import type { Answer, CollectorPlatform, CollectorRequest, ReadEvent, Reading } from '../../platform.js';
import { isLonger, isObject, objectOf, parseJson, textOf } from '../reading/json.js';
import { allRejected, jsonAnswer, withoutEvents } from '../reading/reading.js';
import { basicUser, pathOf, sdkBody } from '../reading/request.js';
import * as answers from './answers.js';
import { readEventRecord, type ReadRecord } from './event-record.js';
import { readProfileRecord } from './profile-record.js';
import { REQUEST_PROBLEMS } from './mixpanel.messages.js';
import { MAX_BYTES, MAX_RECORDS } from './rules.js';

type Endpoint = '/import' | '/track' | '/engage' | '/groups';

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
  read(request: CollectorRequest): answers.MixpanelReading | undefined {
    const path = pathOf(request);
    const answer = HOUSEKEEPING.get(path);
    if (answer !== undefined) return withoutEvents(answer);
    return isEndpoint(path) ? readRecords(path, request) : undefined;
  },
  answer: answers.answerOf,
};

function isEndpoint(path: string): path is Endpoint {
  return path === '/import' || path === '/track' || path === '/engage' || path === '/groups';
}

function readRecords(endpoint: Endpoint, request: CollectorRequest): answers.MixpanelReading {
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
  const form: answers.AnswerForm = {
    isCounted: isImport || isStrict,
    isVerbose: request.query.get('verbose') === '1',
    ids: events.map(({ id }) => id),
  };
  const refused = (answer: Answer, problem: string): answers.MixpanelReading => ({
    ...allRejected(events, answer, problem),
    form,
  });

  const credentialProblem = isImport ? credentialProblemOf(request) : undefined;
  if (credentialProblem !== undefined) return refused(answers.UNAUTHORIZED, credentialProblem);
  if (isLonger(request.body, MAX_BYTES)) return refused(answers.TOO_LARGE, REQUEST_PROBLEMS.tooLarge);
  if (items === undefined) return refused(answers.badRequest(form), REQUEST_PROBLEMS.undecodable);
  if (items.length === 0) return refused(answers.badRequest(form), REQUEST_PROBLEMS.empty);
  if (items.length > MAX_RECORDS) return refused(answers.TOO_LARGE, REQUEST_PROBLEMS.tooMany);
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
function verdict(records: readonly ReadRecord[], form: answers.AnswerForm, isSilent: boolean): Reading {
  const failed = records.flatMap(({ event, failure }, index) =>
    failure === undefined ? [] : [{ index, insert_id: event.id, ...failure }],
  );
  if (isSilent || failed.length === 0) {
    const events = records.map(({ event, failure }): ReadEvent =>
      failure === undefined ? event : { ...event, outcome: 'dropped' },
    );
    return { events, answer: answers.stored(records.length, form), problems: [] };
  }
  return {
    events: records.map(({ event }) => event),
    answer: answers.failed(failed, records.length - failed.length, form),
    problems: [REQUEST_PROBLEMS.invalid],
  };
}
