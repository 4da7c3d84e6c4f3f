import { CollectorError } from '../collector-error.js';
import { badPreset } from '../collector.messages.js';
import type { CollectorPlatform } from '../platform.js';
import { checkScriptedAnswers } from './check-scripted-answers.js';
import { SCRIPTED_KINDS, type ScriptedAnswer } from './scripted-answer.js';

/**
 * Reads a preset of `--fail`: a kind or a status, optionally with a platform before it, and a share or a duration after it.
 *
 * @example readPreset('error', platforms); readPreset('503', platforms); readPreset('segment:cut:10%:30s', platforms)
 * @throws CollectorError
 */
export function readPreset(text: string, platforms: readonly CollectorPlatform[]): ScriptedAnswer {
  const parts = text.split(':').map((part) => part.trim().toLowerCase());
  const named = platforms.find(({ name }) => name.toLowerCase() === parts[0]);
  if (named !== undefined) parts.shift();
  const [word = '', ...limits] = parts;
  const isStatus = /^[45]\d\d$/.test(word);
  if (!isStatus && !SCRIPTED_KINDS.some((kind) => kind === word)) throw wrong(text, platforms);
  const answer = isStatus ? { status: Number(word) } : word;
  const given: Record<string, unknown> = { answer, ...(named !== undefined && { platform: named.name }) };
  for (const limit of limits) {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(%|s)$/.exec(limit) ?? [];
    if (unit === undefined || Number(amount) === 0 || (unit === '%' && Number(amount) > 100)) {
      throw wrong(text, platforms);
    }
    if (unit === '%') given['share'] = Number(amount) / 100;
    else given['seconds'] = Number(amount);
  }
  return checkScriptedAnswers(given, platforms)[0]!;
}

const wrong = (text: string, platforms: readonly CollectorPlatform[]): CollectorError =>
  new CollectorError(
    badPreset(
      text,
      SCRIPTED_KINDS,
      platforms.map(({ name }) => name),
    ),
  );
