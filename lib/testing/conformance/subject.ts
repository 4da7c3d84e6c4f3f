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

/** Shorter values would be found in any text. */
const MIN_LENGTH = 6;

/** The forms of a secret in a text, each with its name. */
export function secretForms(secret: string): readonly (readonly [form: string, text: string])[] {
  if (secret.length < MIN_LENGTH) return [];
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['in base64', base64],
    ['in base64', Buffer.from(`${secret}:`).toString('base64').replace(/=+$/, '').slice(0, -1)],
    ['in base64', Buffer.from(`:${secret}`).toString('base64').replace(/=+$/, '').slice(2)],
  ];
}

/** The form in which a text contains a secret; undefined if it contains none. */
export function secretIn(text: string, secrets: readonly string[]): string | undefined {
  const [form] = secrets.flatMap(secretForms).find(([, found]) => text.includes(found)) ?? [];
  return form;
}
