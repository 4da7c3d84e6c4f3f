/** Why a value cannot be written as JSON. */
export type Obstacle =
  | 'circular'
  | 'too_deep'
  | 'threw' // a getter, a toJSON or a proxy
  | 'no_length' // an array that is a proxy with an invalid length
  | 'no_object'; // the whole value is not an object

/** JSON cannot hold a value. The error never contains the value, or the error that its code threw. */
export class UnserialisableError extends Error {
  /**
   * @param path of the value, as a message may have it; '' for the whole
   * @param kind of the value, for `no_object`
   */
  constructor(
    readonly obstacle: Obstacle,
    readonly path: string,
    readonly kind = '',
  ) {
    super(obstacle);
  }

  /** The same error, for an object that contains the whole value as a member. */
  below(member: string): UnserialisableError {
    return new UnserialisableError(
      this.obstacle,
      this.path === '' ? member : `${member}.${this.path}`,
      this.kind,
    );
  }
}

/** A value whose JSON is certainly larger than allowed. */
export class OversizeError extends Error {}

/** A hook returned a key that is neither a purpose nor a destination. */
export class UnknownConsentKeyError extends Error {
  override readonly name = 'UnknownConsentKeyError';

  constructor(readonly key: string) {
    super();
  }
}
