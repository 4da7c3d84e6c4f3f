import { Script, createContext } from 'node:vm';

/** Hundreds of times what linear work on the inputs of these tests takes, and a small part of what quadratic work would. */
const LIMIT_MS = 25_000;

const script = new Script('work()');

/**
 * Runs work on a large input, and ends it where it takes half a minute. It decides between milliseconds and hours and measures
 * nothing: choose the input so that work which grows with its square could not end in an hour.
 */
export function endsSoon<T>(work: () => T): T {
  return script.runInContext(createContext({ work }), { timeout: LIMIT_MS }) as T;
}
