import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Admission, Answer, Destination, Outcome } from '../destination.js';
import { jsonObject, type Decoded } from '../answers.js';
import { DECLINED } from '../admissions.js';
import {
  explainPhrase,
  protocolAdmission,
  protocolMembers,
} from '../segment-protocol/protocol-destination.js';
import { messageIds, type MessageIds } from '../segment-protocol/message.js';
import { fromJitsuCookies } from './jitsu-cookies.js';
import { jitsuOptions, type JitsuOptions } from './jitsu-options.js';
import type { LaneEvent } from '../../event/lane-event.js';

const MAX_NAME_BYTES = 128;
/** The longest text is the one about a name. */
const ANSWER_BYTES_PER_EVENT = 320;
const LIMITS = { maxMessageBytes: 1_000_000, maxBodyBytes: 8_000_000 };
const COOKIES = fromJitsuCookies();

/**
 * Sends events to Jitsu, by its server-to-server route. Never throws; the module checks its options at start.
 *
 * The answer names the messages that Jitsu did not accept, so each event has its own outcome.
 */
export function jitsu(options: JitsuOptions): Destination {
  const { values, members } = jitsuOptions.read(options);
  const { writeKey = '', host = '', headers, gzip } = values;
  const messageId = messageIds(members);

  return {
    ...members,
    ...protocolMembers({
      members,
      url: host,
      path: '/api/s/s2s/batch',
      writeKey,
      keyParts: writeKey.split(':').slice(1),
      ownHeaders: { 'x-write-key': writeKey },
      headers,
      limits: LIMITS,
      gzip,
      decode: (answer, batch) => jitsuOutcomes(answer, batch, messageId),
    }),
    accept: admission,
    acknowledgement: 'perEvent',
    answerBytesPerEvent: ANSWER_BYTES_PER_EVENT,
    deduplication: { fields: ['messageId'] },
    resolvers: [COOKIES],
    // It may repeat the write key after the phrase.
    explain: (answer) => explainPhrase(jsonObject(answer)['error']),
  };
}

function admission(event: TrackingEvent): Admission {
  if (event.type === 'track' && Buffer.byteLength(event.name) > MAX_NAME_BYTES) return DECLINED.invalidName;
  return protocolAdmission(event);
}

const NAMED = /^Message ID: ([\w.-]+): (.*)$/s;
/** The events are valid: a quota is used up, or the site has no destination. */
const WITHHELD = /^(?:quota exceeded|no destinations found)/;
/** Jitsu reports its internal errors by a number only. */
const OWN_FAULT = /^error# /;
/** Jitsu accepts a random share of the events, and others later. */
const WITHHELD_PAUSE_MS = 60_000;

/**
 * The outcomes in a 200: Jitsu lists messages that it did not accept, as texts. All events withheld is a fault of the account, as
 * 402 is on the routes for one event.
 *
 * @throws for a 200 that is no answer of Jitsu
 */
function jitsuOutcomes(answer: Answer, batch: readonly LaneEvent[], messageId: MessageIds): Decoded {
  if (answer.status !== 200) return undefined;
  const { ok, okEvents, errors } = jsonObject(answer);
  if (ok === true) return 'delivered';
  if (!Array.isArray(errors)) throw new Error('The answer has neither `ok` nor errors');

  const texts = new Map(errors.flatMap(named));
  if (batch.length > 0 && batch.every(({ event }) => WITHHELD.test(texts.get(messageId(event)) ?? '')))
    return 'misconfigured';
  const outcomes = new Map<string, Outcome>();
  for (const { event } of batch) {
    const text = texts.get(messageId(event));
    if (text !== undefined) outcomes.set(event.id, outcomeOf(text));
  }
  return okEvents === 0 && outcomes.size === 0 ? 'refused' : outcomes;
}

function named(error: unknown): [id: string, text: string][] {
  const [, id, text] = NAMED.exec(typeof error === 'string' ? error : '') ?? [];
  return id === undefined || text === undefined ? [] : [[id, text]];
}

function outcomeOf(text: string): Outcome {
  if (WITHHELD.test(text)) return { kind: 'retry', afterMs: WITHHELD_PAUSE_MS };
  if (OWN_FAULT.test(text)) return { kind: 'retry' };
  const colon = text.indexOf(': ');
  if (colon === -1) return { kind: 'rejected', detail: { message: text } };
  return { kind: 'rejected', detail: { code: text.slice(0, colon), message: text.slice(colon + 2) } };
}
