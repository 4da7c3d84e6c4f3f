import { createHash, randomFillSync } from 'node:crypto';

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
const POOL_BYTES = 4_096;
const RANDOM_BYTES = 10;
const HALF_A_PAIR = /\p{Surrogate}/u;
const pool = Buffer.allocUnsafe(POOL_BYTES);
let used = POOL_BYTES;
let prefixFor = -1;
let prefix = '';

/**
 * A new UUID version 7 (RFC 9562): 48 bits of epoch milliseconds, then 74 random bits, lowercase. Random bytes come from a pool,
 * because a call of the system's generator for each event costs more than the rest of the id.
 */
export function newId(now: number): string {
  if (used + RANDOM_BYTES > POOL_BYTES) {
    randomFillSync(pool);
    used = 0;
  }
  if (now !== prefixFor) {
    const time = Math.floor(now).toString(16).padStart(12, '0');
    prefix = `${time.slice(0, 8)}-${time.slice(8, 12)}-`;
    prefixFor = now;
  }
  const at = used;
  used += RANDOM_BYTES;
  const byte = (i: number): string => HEX[pool[at + i]!]!;
  return (
    prefix +
    HEX[(pool[at]! & 0x0f) | 0x70]! +
    byte(1) +
    '-' +
    HEX[(pool[at + 2]! & 0x3f) | 0x80]! +
    byte(3) +
    '-' +
    byte(4) +
    byte(5) +
    byte(6) +
    byte(7) +
    byte(8) +
    byte(9)
  );
}

/**
 * The UUID version 5 of a keyed event: SHA-1 over the length-prefixed parts, so that no two lists of parts give the same text.
 * The same parts give the same id in every process; the first part sets one application's ids apart from another's.
 */
export function keyedId(namespace: string, type: string, name: string, ...key: readonly string[]): string {
  // One text and one update, because each update costs as much as the whole digest.
  let text = '';
  for (const part of [namespace, type, name, ...key])
    text += HALF_A_PAIR.test(part) ? escaped(part) : prefixed(part);
  const digest = createHash('sha1').update(text).digest();
  digest[6] = (digest[6]! & 0x0f) | 0x50;
  digest[8] = (digest[8]! & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function prefixed(part: string): string {
  return `${Buffer.byteLength(part)}:${part}`;
}

/** Half a surrogate pair has no UTF-8: each would become the same replacement character. */
function escaped(part: string): string {
  return `u${prefixed(JSON.stringify(part))}`;
}
