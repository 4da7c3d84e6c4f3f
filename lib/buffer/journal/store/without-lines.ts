import type { Files } from '../files/files.js';
import { unlessAbsent } from '../ownership/absence.js';

/** Replaces a log by itself without some of its lines. Nobody may write to it meanwhile. */
export async function withoutLines(
  files: Files,
  path: string,
  keeps: (line: string) => boolean,
): Promise<void> {
  const text = await unlessAbsent(files.readText(path));
  if (text === undefined) return;
  const lines = text.split('\n').filter((line) => line !== '');
  const kept = lines.filter(keeps);
  if (kept.length < lines.length) await files.writeText(path, kept.map((line) => `${line}\n`).join(''));
}
