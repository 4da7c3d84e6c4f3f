/** Why a value cannot be written as JSON. */
export type Obstacle =
  | 'circular'
  | 'too_deep'
  | 'threw' // a getter, a toJSON or a proxy
  | 'no_length' // an array, as a proxy may be one
  | 'no_object'; // the whole is something else than an object

/** A value that JSON cannot hold. It never has the value, nor what its code threw. */
export class UnserialisableError extends Error {
  /**
   * @param path of the value, as a message may have it; '' for the whole
   * @param kind of thing that it is, for `no_object`
   */
  constructor(
    readonly obstacle: Obstacle,
    readonly path: string,
    readonly kind = '',
  ) {
    super(obstacle);
  }

  /** The same, in an object that has the whole as a member. */
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
