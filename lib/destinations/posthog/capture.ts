import type { Destination } from '../destination.js';
import { posthogEvent, type PosthogForm } from './posthog-event.js';
import { isoTime } from '../../event/iso-time.js';
import { PACKAGE_VERSION } from '../../host/package-version.js';
import { decodeData } from '../answers.js';
import { jsonRequest } from '../json-request.js';

/** One of the two APIs: the members of the destination that differ. */
export type Capture = Required<Pick<Destination, 'acknowledgement' | 'encode' | 'decode' | 'explain'>> &
  Pick<Destination, 'answerBytesPerEvent'>;

export interface CaptureSetup extends PosthogForm {
  readonly host: string;
  readonly apiKey: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  readonly maxBytes: number;
  /** Called once for a request with half of a surrogate pair, which is replaced. */
  readonly repaired: () => void;
}

/** The parts of a request that both APIs share; each adds its path. */
export function postTo({ host, headers, gzip, maxBytes, repaired }: CaptureSetup, path: string) {
  return { url: `${host}${path}`, headers, gzip, maxBytes, onRepair: repaired };
}

const LIBRARY = { $lib: 'nestjs-tracking', $lib_version: PACKAGE_VERSION };
/** The longest of its fixed sentences has about 100 characters; a proxy's page has more. */
const MAX_SENTENCE = 300;

/** `/batch/`. One event without a name or an id fails the request; the lane finds it by halving. */
export function captureBatch(setup: CaptureSetup): Capture {
  const post = postTo(setup, '/batch/');
  return {
    // PostHog answers the same if the quota is used up, or if no project of the region has the token.
    acknowledgement: 'received',

    encode(batch, attempt) {
      const events = batch.map((held) => posthogEvent(held, setup, LIBRARY));
      return jsonRequest(post, { api_key: setup.apiKey, batch: events, sent_at: isoTime(attempt.now) });
    },

    decode: decodeData(),

    explain: ({ headers, body }) =>
      headers['content-type']?.startsWith('text/plain') && body.length <= MAX_SENTENCE
        ? { message: body }
        : undefined,
  };
}
