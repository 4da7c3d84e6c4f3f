import zlib from 'node:zlib';
import { guarded } from '../../host/guarded.js';
import { undecoded } from '../delivery.messages.js';

type Decode = (bytes: Uint8Array, options: zlib.ZlibOptions) => Buffer;

/** The low half of the first byte marks a zlib header; some servers send `deflate` without one. */
const inflate: Decode = (bytes, options) =>
  (bytes[0]! & 0x0f) === 8 ? zlib.inflateSync(bytes, options) : zlib.inflateRawSync(bytes, options);
/** Node 22.15 and later have it. RFC 9659 allows a window of 8 MB. */
const { zstdDecompressSync, constants } = zlib as typeof zlib & {
  readonly zstdDecompressSync?: (bytes: Uint8Array, options: object) => Buffer;
};
const ZSTD = { params: { [(constants as { ZSTD_d_windowLogMax?: number }).ZSTD_d_windowLogMax ?? 0]: 23 } };

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['gzip', zlib.gunzipSync],
  ['x-gzip', zlib.gunzipSync],
  ['deflate', inflate],
  ['br', (bytes, options) => zlib.brotliDecompressSync(bytes, options as zlib.BrotliOptions)],
  ...(zstdDecompressSync === undefined
    ? []
    : [['zstd', (bytes, options) => zstdDecompressSync(bytes, { ...options, ...ZSTD })] as [string, Decode]]),
]);
/** Longest chain of encodings; servers use one. */
const MAX_ENCODINGS = 3;
// eslint-disable-next-line no-control-regex -- compressed bytes have them
const NOT_IN_TEXT = /[\0-\x08\x0e-\x1f\x7f]/;
const NAME = /^[\w-]{1,20}$/;

/** The encodings that `content-encoding` names, in the order in which they were applied. */
export function encodingsOf(header: string | undefined): string[] {
  const names = (header ?? '').split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== '' && name !== 'identity');
}

/**
 * Decodes a body on this thread. It is at most `maxBytes` long before and after, which takes less than a millisecond. No text if
 * the body is incomplete, in another encoding than stated, or longer than `maxBytes` when decoded.
 */
export function decodedBody(
  bytes: Buffer,
  encodings: readonly string[],
  maxBytes: number,
): { readonly text?: string; readonly isLong?: boolean } {
  if (encodings.length > MAX_ENCODINGS) return {};
  let decoded = bytes;
  try {
    for (const name of encodings.toReversed()) {
      const decode = DECODERS.get(name);
      if (decode === undefined) return {};
      decoded = decode(decoded, { maxOutputLength: maxBytes });
    }
  } catch (error) {
    return { isLong: (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE' };
  }
  return { text: decoded.toString() };
}

/** A body that is plain text, although its server names an encoding: some name `utf-8` or `none`, or have decoded it already. */
export function plainBody(bytes: Uint8Array): string | undefined {
  // A body that was cut off may end within a character.
  const text = guarded(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true }));
  return text === undefined || NOT_IN_TEXT.test(text) ? undefined : text;
}

/** The replacement for a body that cannot be decoded. */
export function undecodedBody(encodings: readonly string[], bytes: number): string {
  return undecoded(encodings.filter((name) => NAME.test(name)).join(', '), bytes);
}
