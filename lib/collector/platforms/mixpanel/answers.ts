import type { Answer, Reading } from '../../platform.js';
import { answering, jsonAnswer, textAnswer } from '../reading/reading.js';
import { FAILURES, type Failure } from './mixpanel.messages.js';

/** The facts of a request that its answer depends on. */
export interface AnswerForm {
  /** `/import`, and the other paths with `strict=1`: an answer with counts. The others answer 1 or 0. */
  readonly isCounted: boolean;
  readonly isVerbose: boolean;
  /** `$insert_id` of each record; null: it has none. */
  readonly ids: readonly (string | null)[];
}

/** Requests that carry no events have no form. */
export interface MixpanelReading extends Reading {
  readonly form?: AnswerForm;
}

const PLAIN: AnswerForm = { isCounted: false, isVerbose: false, ids: [] };

export interface FailedRecord extends Failure {
  readonly index: number;
  readonly insert_id: string | null;
}

export const UNAUTHORIZED = failure(401, 'Invalid credentials', 'Unauthorized');
export const TOO_LARGE = failure(
  413,
  'The request exceeds the limit of 10485760 bytes',
  'Request Entity Too Large',
);

function failure(code: number, error: string, status: string, more?: object): Answer {
  return jsonAnswer(code, { code, error, status, ...more });
}

export function stored(count: number, form: AnswerForm): Answer {
  if (!form.isCounted) return bare(true, form);
  return jsonAnswer(200, { code: 200, num_records_imported: count, status: 'OK' });
}

/** `count`: the records that are stored. */
export function failed(records: readonly FailedRecord[], count: number, form: AnswerForm): Answer {
  if (!form.isCounted) return bare(false, form);
  return failure(400, 'some data points in the request failed validation', 'Bad Request', {
    num_records_imported: count,
    failed_records: records,
  });
}

export function badRequest(form = PLAIN): Answer {
  return form.isCounted ? failure(400, 'Invalid JSON', 'Bad Request') : bare(false, form);
}

/** `/track`, `/engage` and `/groups` without `strict=1`: the status is 200 also for a failure. */
function bare(isStored: boolean, { isVerbose }: AnswerForm): Answer {
  if (!isVerbose) return textAnswer(200, isStored ? '1' : '0', { 'content-type': 'text/plain' });
  const error = isStored ? null : 'some data objects in the request are invalid';
  return jsonAnswer(200, { status: isStored ? 1 : 0, error });
}

export const answerOf = answering<MixpanelReading>({
  rejected: ({ form }) => badRequest(form),
  'events-rejected': ({ form = PLAIN }) => {
    const records = form.ids.map((id, index) => ({ index, insert_id: id, ...FAILURES.badTime }));
    return failed(records, 0, form);
  },
  unauthorized: UNAUTHORIZED,
  'too-large': TOO_LARGE,
  throttled: failure(429, 'Project exceeded rate limits', 'Too Many Requests'),
  error: { status: 503 },
});
