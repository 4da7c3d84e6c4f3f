import { guarded } from '../../host/guarded.js';
import type { ConformanceSetup } from './conformance-setup.js';

export interface Subject extends ConformanceSetup {
  /** The values of the `credentials` function; absent if there is none, or it returns nothing valid. */
  readonly fresh?: Readonly<Record<string, string>> | undefined;
}

export async function subjectOf(setup: ConformanceSetup): Promise<Subject> {
  const { credentials } = guarded(() => setup.create({}, true)) ?? {};
  if (typeof credentials !== 'function') return setup;
  // The rule `credentials` reports a function that fails.
  const fresh = await Promise.resolve(guarded(credentials)).catch(() => undefined);
  return fresh?.values === undefined ? setup : { ...setup, fresh: { ...fresh.values } };
}

export function secretsOf({ secrets = [], fresh = {} }: Subject): string[] {
  return [...secrets, ...Object.values(fresh).filter((value) => typeof value === 'string')];
}
