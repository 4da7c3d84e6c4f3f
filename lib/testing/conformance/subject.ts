import type { ConformanceSetup } from './conformance-setup.js';

/** The input of a rule. */
export interface Subject extends ConformanceSetup {
  /** The values of the `credentials` function; absent if there is none, or it returns nothing valid. */
  readonly fresh?: Readonly<Record<string, string>> | undefined;
}

/** The setup of one test, with the credentials from a function. */
export async function subjectOf(setup: ConformanceSetup): Promise<Subject> {
  try {
    const { credentials } = setup.create({}, true);
    if (typeof credentials !== 'function') return setup;
    return { ...setup, fresh: { ...(await credentials()).values } };
  } catch {
    return setup;
  }
}

/** Every secret that may be sent. */
export function secretsOf({ secrets = [], fresh = {} }: Subject): string[] {
  return [...secrets, ...Object.values(fresh).filter((value) => typeof value === 'string')];
}
