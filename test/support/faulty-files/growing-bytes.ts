/** Bytes that can be written at any position; unwritten ones are zero, as in a file with a hole. */
export class GrowingBytes {
  #room: Uint8Array;
  #length: number;

  constructor(bytes: Uint8Array = new Uint8Array()) {
    this.#room = bytes.slice();
    this.#length = bytes.length;
  }

  get length(): number {
    return this.#length;
  }

  write(bytes: Uint8Array, position: number): void {
    this.growTo(position + bytes.length);
    this.#room.set(bytes, position);
  }

  /** Extends it with zeros. */
  growTo(length: number): void {
    if (length > this.#room.length) {
      const larger = new Uint8Array(Math.max(length, this.#room.length * 2, 256));
      larger.set(this.#room.subarray(0, this.#length));
      this.#room = larger;
    }
    this.#length = Math.max(this.#length, length);
  }

  /** A copy of the bytes, or of a part. */
  slice(start = 0, end = this.#length): Uint8Array {
    return this.#room.slice(Math.min(start, this.#length), Math.min(end, this.#length));
  }
}
