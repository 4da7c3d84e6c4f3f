const BRAND = Symbol.for('nestjs-tracking.TrackingConfigError');

/**
 * Thrown at start for an option that cannot work. The message names the option, the kind of value it got and the expected value. It
 * never contains a text that may be a secret. `instanceof` holds across two copies of this package.
 */
export class TrackingConfigError extends Error {
  /** A stable code for programs. */
  readonly code = 'TRACKING_CONFIG';
  /** Path of the option, such as `destinations[0].apiKey`. */
  readonly option: string;

  constructor(option: string, message: string) {
    super(message);
    this.name = 'TrackingConfigError';
    this.option = option;
    Object.defineProperty(this, BRAND, { value: true });
  }

  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }
}
