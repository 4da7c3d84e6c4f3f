import type { Answer, Explanation, Outcome, RequestOutcome } from '../destination.js';
import { jsonObject } from '../answers.js';
import { objectOf, textOf } from '../unknown-values.js';
import type { LaneEvent } from '../../event/lane-event.js';

/**
 * Reads the answer of Google's validation server (`endpoint` with `/debug`). Its messages do not reliably name events, so a request
 * of several is sent again in parts. The real endpoint answers without a body.
 */
export function readValidation(
  answer: Answer,
  batch: readonly LaneEvent[],
): ReadonlyMap<string, Outcome> | RequestOutcome | undefined {
  const detail = answer.status === 200 ? explainValidation(answer) : undefined;
  if (detail === undefined) return undefined;
  const [first] = batch;
  return batch.length === 1 ? new Map([[first!.event.id, { kind: 'rejected', detail }]]) : 'refused';
}

export function explainValidation(answer: Pick<Answer, 'body'>): Explanation | undefined {
  const { validationMessages: messages } = jsonObject(answer);
  if (!Array.isArray(messages) || messages.length === 0) return undefined;
  const { validationCode: code, fieldPath: field, description } = objectOf(messages[0]);
  return { code: textOf(code), field: textOf(field), message: textOf(description) };
}
