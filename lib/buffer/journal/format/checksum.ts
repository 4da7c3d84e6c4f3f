import { crc32 } from 'node:zlib';

const HEX_BYTES = Buffer.from('0123456789abcdef', 'latin1');
const FAILS = -1;

/** CRC-32 of a text's UTF-8 bytes, or of bytes, as eight lowercase hex digits. */
export function checksum(of: string | Uint8Array): string {
  return crc32(of).toString(16).padStart(8, '0');
}

/** Writes eight hex digits without creating a string. */
export function writeChecksum(crc: number, into: Buffer, at: number): void {
  for (let i = 0; i < 8; i++) into[at + i] = HEX_BYTES[(crc >>> (28 - i * 4)) & 15]!;
}

/** The number that eight lowercase hex digits stand for; -1, which is no checksum, for any other bytes. */
export function readChecksum(bytes: Uint8Array, at: number): number {
  let crc = 0;
  for (let i = at; i < at + 8; i++) {
    const byte = bytes[i]!;
    let digit: number;
    if (byte >= 0x30 && byte <= 0x39) digit = byte - 0x30;
    else if (byte >= 0x61 && byte <= 0x66) digit = byte - 0x57;
    else return FAILS;
    crc = (crc << 4) | digit;
  }
  return crc >>> 0;
}
