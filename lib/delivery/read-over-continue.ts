import type { Socket } from 'node:net';

const CONTINUE = Buffer.from('HTTP/1.1 100');
const H = CONTINUE[0]!;
const TWO = '2'.charCodeAt(0);

/**
 * Lets undici read over a `100 Continue` that nobody asked for, as RFC 9110 wants: undici ends the connection at it, but not at
 * a `102 Processing`, so one digit is changed on the way. Where a body holds the same text, it changes there, too, which harms nothing.
 */
export function readOverContinue(socket: Socket): void {
  const read = socket.read.bind(socket) as (size?: number) => unknown;
  let matched = 0;
  socket.read = (size?: number): unknown => {
    const chunk = read(size);
    if (Buffer.isBuffer(chunk)) matched = rewrite(chunk, matched);
    return chunk;
  };
}

/** @returns how much of the status line the chunk ends with, for the one that follows */
function rewrite(chunk: Buffer, begun: number): number {
  let matched = begun;
  for (let at = 0; at < chunk.length;) {
    if (matched === 0) {
      at = chunk.indexOf(H, at);
      if (at === -1) return 0;
    }
    // No letter but the first is an `H`: where the text breaks off, it can only begin anew.
    if (chunk[at] !== CONTINUE[matched]) {
      matched = 0;
      continue;
    }
    matched++;
    if (matched === CONTINUE.length) {
      chunk[at] = TWO;
      matched = 0;
    }
    at++;
  }
  return matched;
}
