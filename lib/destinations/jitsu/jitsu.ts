import type { TrackingEvent } from '../../event/tracking-event.js';
import type { Admission, Destination } from '../destination.js';
import { jsonObject } from '../answers.js';
import { INVALID_NAME } from '../admissions.js';
import {
  explainPhrase,
  protocolAdmission,
  protocolMembers,
} from '../segment-protocol/protocol-destination.js';
import { messageIds } from '../segment-protocol/message.js';
import { jitsuOutcomes } from './jitsu-answers.js';
import { fromJitsuCookies } from './jitsu-cookies.js';
import { jitsuOptions, type JitsuOptions } from './jitsu-options.js';

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
  if (event.type === 'track' && Buffer.byteLength(event.name) > MAX_NAME_BYTES) return INVALID_NAME;
  return protocolAdmission(event);
}
