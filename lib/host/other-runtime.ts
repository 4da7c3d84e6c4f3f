import process from 'node:process';

/** Runtimes that imitate Node, by the member of `process.versions` that only they have. */
const OTHERS: Readonly<Record<string, string>> = { bun: 'Bun', deno: 'Deno' };

/** The name of the runtime; `undefined` for Node. */
export function otherRuntime(
  versions: Readonly<Record<string, string | undefined>> = process.versions,
): string | undefined {
  return Object.entries(OTHERS).find(([member]) => versions[member] !== undefined)?.[1];
}
