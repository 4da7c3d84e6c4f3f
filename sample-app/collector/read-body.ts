import type { IncomingMessage } from 'node:http';

const MAX_BODY_BYTES = 2_000_000;

/** The body as text; `undefined` when it is too large or was cut off. Calls back once, so that a request needs no promise. */
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
  request.on('error', () => {}); // a sender that went away
}
