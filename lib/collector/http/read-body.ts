import type { IncomingMessage } from 'node:http';
import * as zlib from 'node:zlib';
import type { CollectorPlatform } from '../platform.js';
import { hasTooManyValues } from '../platforms/reading/json.js';

type Decoder = (body: Buffer, options: { readonly maxOutputLength: number }) => Buffer;

/** Node.js 22.15 and above has zstd. */
const { zstdDecompressSync: zstd } = zlib as { readonly zstdDecompressSync?: Decoder };

const DECODERS = new Map<string, Decoder>([
  ['gzip', zlib.gunzipSync],
  ['x-gzip', zlib.gunzipSync],
  // Some senders omit the wrapper of zlib.
  [
    'deflate',
    (body, options) => (((body[0] ?? 0) & 15) === 8 ? zlib.inflateSync : zlib.inflateRawSync)(body, options),
  ],
  ['br', zlib.brotliDecompressSync],
  ...(zstd === undefined ? [] : ([['zstd', zstd]] as const)),
]);

export type BodyFault = 'too-large' | 'too-many-values' | 'broken' | 'unknown-encoding';

/** Above every platform's limit, so that a platform's own limit answers first. */
export const MAX_BODY_BYTES = 32_000_000;

export interface Body {
  readonly text: string;
  readonly fault?: BodyFault;
}

/** Reads a body as text; `done` is not called if the client disconnects. Surplus bytes are dropped, so that the client gets its answer. */
export function readBody(
  request: IncomingMessage,
  { gzipWithoutHeader = false }: Pick<CollectorPlatform, 'gzipWithoutHeader'>,
  done: (body: Body) => void,
): void {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    done({ text: '' });
    return;
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
    else if (bytes <= 2 * MAX_BODY_BYTES) chunks.length = 0;
    else request.destroy();
  });
  request.on('end', () => {
    if (bytes > MAX_BODY_BYTES) {
      done({ text: '', fault: 'too-large' });
      return;
    }
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const encoding = gzipWithoutHeader && looksLikeGzip(body) ? 'gzip' : (headers['content-encoding'] ?? '');
    const plain = decompress(body, encoding, MAX_BODY_BYTES);
    if (typeof plain === 'string') {
      done({ text: '', fault: plain });
      return;
    }
    const text = plain.toString();
    done(hasTooManyValues(text) ? { text: '', fault: 'too-many-values' } : { text });
  });
  request.on('error', () => {}); // the client disconnected
}

/** Decompresses a body as its `Content-Encoding` says, to at most `maxBytes`. */
function decompress(body: Buffer, encoding: string, maxBytes: number): Buffer | BodyFault {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return body;
  const decode = DECODERS.get(name);
  if (decode === undefined) return 'unknown-encoding';
  try {
    return decode(body, { maxOutputLength: maxBytes });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'broken';
  }
}

/** Whether a body begins as gzip does, whatever its headers say. */
function looksLikeGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}
