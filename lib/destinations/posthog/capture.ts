import type { Destination, OutgoingRequest } from '../destination.js';
import { wellFormedJson } from '../well-formed.js';
import type { PosthogForm } from './posthog-event.js';

/** One of the two APIs: the members of the destination that differ. */
export type Capture = Required<Pick<Destination, 'acknowledgement' | 'encode' | 'decode' | 'explain'>> &
  Pick<Destination, 'answerBytesPerEvent'>;

/** The parts that a request is built with. */
export interface CaptureSetup extends PosthogForm {
  /** The base URL. */
  readonly host: string;
  readonly apiKey: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip: boolean;
  /** Called once for a request with half of a surrogate pair, which is replaced. */
  readonly repaired: () => void;
}

/** A request with a JSON body. @throws RangeError if the body is too large; the lane then halves the batch */
export function posthogRequest(
  { host, headers, gzip, repaired }: CaptureSetup,
  path: string,
  own: Readonly<Record<string, string>>,
  content: object,
  maxBytes: number,
): OutgoingRequest {
  const json = JSON.stringify(content);
  const body = wellFormedJson(json);
  if (body !== json) repaired();
  // UTF-8 takes at most three bytes for each UTF-16 unit.
  if (body.length > maxBytes / 3 && Buffer.byteLength(body) > maxBytes) {
    throw new RangeError('The body is larger than PostHog accepts');
  }
  return {
    method: 'POST',
    url: `${host}${path}`,
    headers: { ...headers, 'content-type': 'application/json', ...own },
    body,
    ...(gzip && { compress: 'gzip' as const }),
  };
}
