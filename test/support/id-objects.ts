/** Like `ObjectId` of the package `bson`: twelve bytes behind a getter, and text only by its methods. */
export class ObjectId {
  readonly #bytes: Buffer;

  constructor(hex: string) {
    this.#bytes = Buffer.from(hex, 'hex');
  }

  get _bsontype(): 'ObjectId' {
    return 'ObjectId';
  }

  get id(): Uint8Array {
    return this.#bytes;
  }

  toHexString(): string {
    return this.#bytes.toString('hex');
  }

  toString(): string {
    return this.toHexString();
  }

  toJSON(): string {
    return this.toHexString();
  }

  getTimestamp(): Date {
    return new Date(this.#bytes.readUInt32BE(0) * 1_000);
  }
}

/** Like `UUID` of `bson` and of `uuidv7`: bytes, and text only by its methods. */
export class UUID {
  readonly bytes: Uint8Array;

  constructor(text: string) {
    this.bytes = Buffer.from(text.replaceAll('-', ''), 'hex');
  }

  toString(): string {
    const hex = Buffer.from(this.bytes).toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  toJSON(): string {
    return this.toString();
  }
}
