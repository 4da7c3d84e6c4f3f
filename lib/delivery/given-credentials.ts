import { isMissing } from '../config/check-credential.js';
import type { CredentialsSource, FreshCredentials } from '../destinations/destination.js';
import type { Clock } from '../host/clock.js';
import type { CredentialsFailure } from './delivery.messages.js';
import { failureCode } from './reading.js';

/** The name of a failure, for the log and `stats()`. */
export function failureName(failure: CredentialsFailure): string {
  return failure.kind === 'failed' && failure.code !== undefined ? failure.code : failure.kind;
}

/** Calls the application's function. Never rejects. */
export async function givenBy(
  source: CredentialsSource,
  clock: Clock,
): Promise<FreshCredentials | CredentialsFailure> {
  try {
    return read(await source(), clock.now());
  } catch (error) {
    return { kind: 'failed', code: failureCode(error) };
  }
}

/** Reads any result of a function. @param now epoch milliseconds */
function read(given: unknown, now: number): FreshCredentials | CredentialsFailure {
  const { values, expiresAt } = Object(given) as Partial<Record<keyof FreshCredentials, unknown>>;
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return { kind: 'no_values' };
  const own: Record<string, unknown> = { ...values };
  const texts = Object.values(own);
  if (texts.length === 0) return { kind: 'no_values' };
  if (texts.some((text) => typeof text !== 'string' || isMissing(text))) return { kind: 'missing_value' };
  if (expiresAt !== undefined && !(typeof expiresAt === 'number' && expiresAt > now)) {
    return { kind: 'expired' };
  }
  return { values: Object.freeze(own as Record<string, string>), expiresAt };
}
