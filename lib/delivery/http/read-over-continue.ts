import type { Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { Log } from '../../host/log.js';

const CONTINUE = Buffer.from('HTTP/1.1 100');
const H = CONTINUE[0]!;
const TWO = '2'.charCodeAt(0);

/**
 * Makes undici ignore an unrequested `100 Continue`, as RFC 9110 requires. undici closes the connection on it, but not on
 * `102 Processing`, so one digit is changed. The same text in a body changes too, which is harmless.
 *
 * @param connect opens a socket. It returns the socket, which its type lacks
 */
export function readOverContinue(connect: buildConnector.connector, log: Log): buildConnector.connector {
  return (options, callback) =>
    connect(options, ((error: Error, socket: Socket | null | undefined) => {
      log.contain('using a new socket', () => {
        if (socket !== null && socket !== undefined) rewriteReads(socket);
        callback(error, socket as null);
      });
    }) as buildConnector.Callback);
}

function rewriteReads(socket: Socket): void {
  const read = socket.read.bind(socket) as (size?: number) => unknown;
  let matched = 0;
  socket.read = (size?: number): unknown => {
    const chunk = read(size);
    if (Buffer.isBuffer(chunk)) matched = rewrite(chunk, matched);
    return chunk;
  };
}

/** @returns the length of a partial status line at the chunk's end, for the next chunk */
function rewrite(chunk: Buffer, begun: number): number {
  let matched = begun;
  for (let at = 0; at < chunk.length;) {
    if (matched === 0) {
      at = chunk.indexOf(H, at);
      if (at === -1) return 0;
    }
    // Only the first letter is an `H`, so after a mismatch the search starts again.
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
