import * as zlib from 'node:zlib';

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

/** Why a body cannot be read. */
export type BodyFault = 'too-large' | 'too-many-values' | 'broken' | 'unknown-encoding';

/** Decompresses a body as its `Content-Encoding` says, to at most `maxBytes`. */
export function decompress(body: Buffer, encoding: string, maxBytes: number): Buffer | BodyFault {
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
export function looksLikeGzip(body: Buffer): boolean {
  return body[0] === 0x1f && body[1] === 0x8b;
}
