import type { ConformanceSetup } from './conformance-setup.js';

/** What a rule works with. */
export interface Subject extends ConformanceSetup {
  /** What the `credentials` function gave; absent where it is none, or gives nothing valid. */
  readonly fresh?: Readonly<Record<string, string>> | undefined;
}

/** The setup of one test, with credentials that a function gives. */
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
