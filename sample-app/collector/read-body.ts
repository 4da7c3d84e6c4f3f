import type { IncomingMessage } from 'node:http';

const MAX_BODY_BYTES = 2_000_000;

/** Reads the body as text, `undefined` where it is too large. A callback, so that a request needs no promise. */
export function readBody(request: IncomingMessage, done: (body: string | undefined) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  });
  request.on('end', () => {
    if (bytes > MAX_BODY_BYTES) done(undefined);
    else done(chunks.length === 1 ? chunks[0]!.toString() : Buffer.concat(chunks).toString());
  });
  request.on('error', () => {}); // the client disconnected
}
