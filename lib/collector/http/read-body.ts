import type { IncomingMessage } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';

const MAX_BYTES = 32_000_000;
const DECODERS: Readonly<Record<string, ((body: Buffer) => Buffer) | undefined>> = {
  gzip: (body) => gunzipSync(body, { maxOutputLength: MAX_BYTES }),
  deflate: (body) => inflateSync(body, { maxOutputLength: MAX_BYTES }),
  br: (body) => brotliDecompressSync(body, { maxOutputLength: MAX_BYTES }),
};

/** Reads the body as text, decompressed; `undefined` where it is too large or cannot be decompressed. A callback, so that a request needs no promise. */
export function readBody(request: IncomingMessage, done: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > MAX_BYTES) return done(undefined);
    const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    const decode = DECODERS[request.headers['content-encoding'] ?? ''];
    let text: string | undefined;
    try {
      text = (decode === undefined ? body : decode(body)).toString();
    } catch {
      text = undefined;
    }
    done(text);
  });
  request.on('error', () => {}); // the client disconnected
}
