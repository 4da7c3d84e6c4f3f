/** A hook decided about something that is neither a purpose nor a destination. */
export class UnknownConsentKeyError extends Error {
  override readonly name = 'UnknownConsentKeyError';

  constructor(readonly key: string) {
    super();
  }
}
