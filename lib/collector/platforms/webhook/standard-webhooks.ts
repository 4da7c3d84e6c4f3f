import type { CollectorRequest } from '../../platform.js';
import * as messages from './webhook.messages.js';

const SIGNATURE = /^v1a?,[A-Za-z0-9+/]+={0,2}$/;
/** The difference of clocks that the reference library tolerates. */
const MAX_DIFFERENCE_SECONDS = 300;
const NONE: readonly string[] = Object.freeze([]);

/**
 * The rules of Standard Webhooks that the headers of a request break. Whether a signature is right is not checked: the collector
 * has no secret.
 */
export function standardWebhooksProblems({ headers, receivedAt }: CollectorRequest): readonly string[] {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signature = headers['webhook-signature'];
  if (id === undefined && timestamp === undefined && signature === undefined) return NONE;
  const problems: string[] = [];
  if (id === undefined || id === '') {
    if (signature !== undefined) problems.push(messages.noWebhookId);
  } else if (id.includes('.')) problems.push(messages.dotInWebhookId);
  if (timestamp !== undefined || signature !== undefined) {
    if (!/^\d{1,15}$/.test(timestamp ?? '')) problems.push(messages.noTimestamp);
    else if (Math.abs(receivedAt / 1_000 - Number(timestamp)) > MAX_DIFFERENCE_SECONDS)
      problems.push(messages.oldTimestamp);
  }
  if (signature !== undefined && !signature.split(' ').some((each) => SIGNATURE.test(each)))
    problems.push(messages.noSignature);
  return problems;
}
