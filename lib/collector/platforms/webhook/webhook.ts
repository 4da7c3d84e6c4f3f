import { hideInText } from '../../credentials/hide-in-text.js';
import type { Answer, CollectorPlatform, CollectorRequest, ReadEvent } from '../../platform.js';
import { parseJson } from '../reading/json.js';
import { withoutEvents } from '../reading/reading.js';
import { readBinary, readCloudEvent } from './cloud-event.js';
import { readOwnEvent, unreadBody } from './own-event.js';
import { standardWebhooksProblems } from './standard-webhooks.js';
import { noJson, noList, noMethod } from './webhook.messages.js';

const RETRY_AFTER_SECONDS = 5;
const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
/** A longer body that is no JSON is shown in part; the request has all of it. */
const MAX_SHOWN = 1_000;

/**
 * A receiver of your own, at any path. It accepts the JSON of `webhook()`, CloudEvents, and any other body, and shows its
 * readable members: only the receiver knows the rules of such a body.
 */
export const webhook: CollectorPlatform = {
  name: 'webhook',
  title: 'Webhook',

  read(request) {
    const { method } = request;
    if (method !== 'POST' && method !== 'PUT') {
      return withoutEvents({ status: 405 }, noMethod);
    }
    const problems = standardWebhooksProblems(request);
    const read = readBody(request);
    // Each path is a separate receiver.
    const account = request.path;
    const isList = Array.isArray(read);
    return { events: isList ? read : [read], answer: { status: isList ? 204 : 200 }, problems, account };
  },

  answer(kind): Answer | undefined {
    switch (kind) {
      case 'rejected':
        return { status: 415 };
      case 'throttled':
        return { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } };
      case 'error':
        return { status: 503, headers: { 'retry-after': soon() } };
      case 'unauthorized':
      case 'too-large':
      case 'events-rejected':
        return undefined;
    }
  },
};

/** One event, or the events of a list. */
function readBody(request: CollectorRequest): ReadEvent | ReadEvent[] {
  const { headers, body } = request;
  const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  const webhookId = headers['webhook-id'];
  if (type !== ONE && type !== BATCH && headers['ce-specversion'] !== undefined) return readBinary(request);
  const value = parseJson(body);
  if (value === undefined) return unreadBody(noJson, hideInText(body.slice(0, MAX_SHOWN)), webhookId);
  if (type === ONE) return readCloudEvent(value);
  if (!Array.isArray(value)) {
    return type === BATCH ? unreadBody(noList, value, webhookId) : readOwnEvent(value, webhookId, 0);
  }
  if (type === BATCH) return value.map(readCloudEvent);
  return value.map((each, position) => readOwnEvent(each, webhookId, position));
}

/** As a date, the second form of the header, which a sender has to read, too. */
function soon(): string {
  return new Date(Date.now() + RETRY_AFTER_SECONDS * 1_000).toUTCString();
}
