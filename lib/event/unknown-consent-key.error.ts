/** A hook returned a key that is neither a purpose nor a destination. */
export class UnknownConsentKeyError extends Error {
  override readonly name = 'UnknownConsentKeyError';

  constructor(readonly key: string) {
    super();
  }
}
