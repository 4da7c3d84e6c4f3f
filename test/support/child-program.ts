import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const made = new Map<string, string>();

/**
 * The file to start for a program whose application has no server: one file with Nest in it, made once by each suite.
 *
 * @param source from this folder, such as `child/application.ts`
 */
export function childProgram(source: string): string {
  let file = made.get(source);
  if (file === undefined) {
    file = execFileSync(process.execPath, [here('child/bundle.mjs'), here(source)], { encoding: 'utf8' });
    made.set(source, file);
  }
  return file;
}
