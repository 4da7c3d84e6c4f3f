import { hideInText } from '../../credentials/hide-credentials.js';
import type { CollectorPlatform, CollectorRequest, ReadEvent } from '../../platform.js';
import { parseJson } from '../reading/json.js';
import { answering, withoutEvents } from '../reading/reading.js';
import * as messages from './webhook.messages.js';
import { readBinary, readCloudEvent, readOwnEvent, unreadBody } from './webhook-event.js';

const RETRY_AFTER_SECONDS = 5;
const ONE = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
/** A longer body that is no JSON is shown in part; the request has all of it. */
const MAX_SHOWN = 1_000;
const SIGNATURE = /^v1a?,[A-Za-z0-9+/]+={0,2}$/;
/** The difference of clocks that the reference library tolerates. */
const MAX_DIFFERENCE_SECONDS = 300;

/** A receiver of your own, at any path. It accepts any body, and shows its readable members: only the receiver knows its rules. */
export const webhook: CollectorPlatform = {
  name: 'webhook',
  title: 'Webhook',

  read(request) {
    const { method } = request;
    if (method !== 'POST' && method !== 'PUT') {
      return withoutEvents({ status: 405 }, messages.noMethod);
    }
    const problems = standardWebhooksProblems(request);
    const read = readBody(request);
    // Each path is a separate receiver.
    const account = request.path;
    const isList = Array.isArray(read);
    return { events: isList ? read : [read], answer: { status: isList ? 204 : 200 }, problems, account };
  },

  answer: answering({
    rejected: { status: 415 },
    throttled: { status: 429, headers: { 'retry-after': String(RETRY_AFTER_SECONDS) } },
    error: () => ({ status: 503, headers: { 'retry-after': soon() } }),
  }),
};

function readBody(request: CollectorRequest): ReadEvent | ReadEvent[] {
  const { headers, body } = request;
  const type = (headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
  const webhookId = headers['webhook-id'];
  if (type !== ONE && type !== BATCH && headers['ce-specversion'] !== undefined) return readBinary(request);
  const value = parseJson(body);
  if (value === undefined)
    return unreadBody(messages.noJson, hideInText(body.slice(0, MAX_SHOWN)), webhookId);
  if (type === ONE) return readCloudEvent(value);
  if (!Array.isArray(value)) {
    return type === BATCH ? unreadBody(messages.noList, value, webhookId) : readOwnEvent(value, webhookId, 0);
  }
  if (type === BATCH) return value.map(readCloudEvent);
  return value.map((each, position) => readOwnEvent(each, webhookId, position));
}

/** As a date, the second form of the header, which a sender has to read, too. */
function soon(): string {
  return new Date(Date.now() + RETRY_AFTER_SECONDS * 1_000).toUTCString();
}

/** The rules of Standard Webhooks that the headers break. The signature is not checked: the collector has no secret. */
function standardWebhooksProblems({ headers, receivedAt }: CollectorRequest): readonly string[] {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signature = headers['webhook-signature'];
  if (id === undefined && timestamp === undefined && signature === undefined) return [];
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
