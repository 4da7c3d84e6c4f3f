import type { OutgoingRequest } from './destination.js';
import { wellFormedJson } from './well-formed.js';

/** UTF-8 takes at most three bytes for each UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;

interface JsonPost {
  readonly url: string;
  /** Further headers; a `content-type` replaces `application/json`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly gzip?: boolean;
  /** Default: the lane's limit alone. */
  readonly maxBytes?: number;
  /** Called if the body had half of a surrogate pair, which is replaced. */
  readonly onRepair?: () => void;
}

/**
 * A request with a JSON body.
 *
 * @throws RangeError if the body is larger than `maxBytes`; the lane then halves the batch
 */
export function jsonRequest(
  { url, headers, gzip = false, maxBytes = Infinity, onRepair }: JsonPost,
  content: object,
): OutgoingRequest {
  const json = JSON.stringify(content);
  const body = wellFormedJson(json);
  if (body !== json) onRepair?.();
  if (isLonger(body, maxBytes)) throw new RangeError(`The body has more than ${maxBytes} bytes`);
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    body,
    ...(gzip && { compress: 'gzip' as const }),
  };
}

/** Whether a text has more bytes in UTF-8. */
export function isLonger(text: string, bytes: number): boolean {
  return text.length * MAX_BYTES_PER_UNIT > bytes && Buffer.byteLength(text) > bytes;
}
