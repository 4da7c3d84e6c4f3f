import type { Answer, AnswerKind } from '../../platform.js';
import { jsonAnswer, textAnswer } from '../reading/answers.js';
import { FAILURES, type Failure } from './mixpanel.messages.js';

/** What an answer depends on beside its kind. */
export interface AnswerForm {
  /** `/import`, and the other paths with `strict=1`: an answer with counts. The others answer 1 or 0. */
  readonly isCounted: boolean;
  readonly isVerbose: boolean;
  /** `$insert_id` of each record; null: it has none. */
  readonly ids: readonly (string | null)[];
}

/** A record that the answer names. */
export interface FailedRecord extends Failure {
  readonly index: number;
  readonly insert_id: string | null;
}

const TOO_LARGE = 'The request exceeds the limit of 10485760 bytes';

export function stored(count: number): Answer {
  return jsonAnswer(200, { code: 200, num_records_imported: count, status: 'OK' });
}

export function failed(records: readonly FailedRecord[], count: number): Answer {
  return jsonAnswer(400, {
    code: 400,
    error: 'some data points in the request failed validation',
    status: 'Bad Request',
    num_records_imported: count,
    failed_records: records,
  });
}

export const UNAUTHORIZED = jsonAnswer(401, {
  code: 401,
  error: 'Invalid credentials',
  status: 'Unauthorized',
});
export const REQUEST_TOO_LARGE = jsonAnswer(413, {
  code: 413,
  error: TOO_LARGE,
  status: 'Request Entity Too Large',
});
const BAD_REQUEST = jsonAnswer(400, { code: 400, error: 'Invalid JSON', status: 'Bad Request' });
const THROTTLED = jsonAnswer(429, {
  code: 429,
  error: 'Project exceeded rate limits',
  status: 'Too Many Requests',
});

/** `/track`, `/engage` and `/groups` without `strict=1`: the status is 200 also for a failure. */
export function bare(isStored: boolean, { isVerbose }: AnswerForm): Answer {
  if (!isVerbose) return textAnswer(200, isStored ? '1' : '0', { 'content-type': 'text/plain' });
  const error = isStored ? null : 'some data objects in the request are invalid';
  return jsonAnswer(200, { status: isStored ? 1 : 0, error });
}

export function badRequest(form: AnswerForm): Answer {
  return form.isCounted ? BAD_REQUEST : bare(false, form);
}

/** The documented answer of a kind. */
export function answerOf(kind: AnswerKind, form: AnswerForm): Answer {
  switch (kind) {
    case 'rejected':
      return badRequest(form);
    case 'events-rejected':
      if (!form.isCounted) return bare(false, form);
      return failed(
        form.ids.map((id, index) => ({ index, insert_id: id, ...FAILURES.badTime })),
        0,
      );
    case 'unauthorized':
      return UNAUTHORIZED;
    case 'too-large':
      return REQUEST_TOO_LARGE;
    case 'throttled':
      return THROTTLED;
    case 'error':
      return { status: 503 };
  }
}
