import { isObject } from '../../event/json-values.js';
import * as messages from '../collector.messages.js';
import type { CollectorPlatform } from '../platform.js';
import { canRejectEvents } from './decision.js';
import { SCRIPTED_KINDS, type ScriptedAnswer } from './scripted-answer.js';

/** An option or a scripted answer that the collector cannot use; its message says what is expected. */
export class CollectorError extends Error {}

/** The collector checks each request against all of them. */
export const MAX_ANSWERS = 100;

const MAX_SECONDS = 1_000_000;
const MAX_DELAY_MS = 600_000;
const MAX_HEADERS = 50;
/** Node.js sets these. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'connection', 'trailer']);

interface Rule {
  readonly expected: (platforms: readonly CollectorPlatform[]) => string;
  readonly accepts: (value: unknown, platforms: readonly CollectorPlatform[]) => boolean;
}

const RULES: Readonly<Record<keyof ScriptedAnswer, Rule>> = {
  answer: {
    expected: () =>
      `one of ${SCRIPTED_KINDS.join(', ')}, or an answer of your own: { status, headers, body } with a status from 200 to 599, texts as headers and a text as body`,
    accepts: (value) => SCRIPTED_KINDS.some((kind) => kind === value) || isAnswer(value),
  },
  platform: {
    expected: (platforms) => `one of ${platforms.map(({ name }) => name).join(', ')}`,
    accepts: (value, platforms) => platforms.some(({ name }) => name === value),
  },
  requests: whole(1, Number.MAX_SAFE_INTEGER, 'a whole number, at least 1'),
  seconds: aboveZero(MAX_SECONDS, `a number above 0 and at most ${MAX_SECONDS}`),
  share: aboveZero(1, 'a number above 0 and at most 1, such as 0.1 for a tenth of the requests'),
  delayMs: whole(0, MAX_DELAY_MS, `a whole number of milliseconds from 0 to ${MAX_DELAY_MS}`),
};

/** Checks one scripted answer or a list of them. @throws CollectorError that names the member and what is expected */
export function checkScriptedAnswers(
  value: unknown,
  platforms: readonly CollectorPlatform[],
): ScriptedAnswer[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > MAX_ANSWERS) throw new CollectorError(messages.tooManyAnswers(MAX_ANSWERS));
  return list.map((each, i) => checkOne(each, platforms, Array.isArray(value) ? `[${i}].` : ''));
}

/** Reads a preset of `--fail`: a kind or a status, a platform before it, a share or a duration after it: `segment:cut:10%:30s`. */
export function readPreset(text: string, platforms: readonly CollectorPlatform[]): ScriptedAnswer {
  const names = platforms.map(({ name }) => name);
  const wrong = (): CollectorError => new CollectorError(messages.badPreset(text, SCRIPTED_KINDS, names));
  const parts = text.split(':').map((part) => part.trim().toLowerCase());
  const named = platforms.find(({ name }) => name.toLowerCase() === parts[0]);
  if (named !== undefined) parts.shift();
  const [word = '', ...limits] = parts;
  const isStatus = /^[45]\d\d$/.test(word);
  if (!isStatus && !SCRIPTED_KINDS.some((kind) => kind === word)) throw wrong();
  const answer = isStatus ? { status: Number(word) } : word;
  const given: Record<string, unknown> = { answer, ...(named !== undefined && { platform: named.name }) };
  for (const limit of limits) {
    const [, amount, unit] = /^(\d+(?:\.\d+)?)(%|s)$/.exec(limit) ?? [];
    if (unit === undefined || Number(amount) === 0 || (unit === '%' && Number(amount) > 100)) {
      throw wrong();
    }
    if (unit === '%') given['share'] = Number(amount) / 100;
    else given['seconds'] = Number(amount);
  }
  return checkScriptedAnswers(given, platforms)[0]!;
}

function checkOne(value: unknown, platforms: readonly CollectorPlatform[], path: string): ScriptedAnswer {
  if (!isObject(value)) throw new CollectorError(messages.notAnAnswer());
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(RULES, name)) throw new CollectorError(messages.unknownMember(Object.keys(RULES)));
  }
  for (const [name, { expected, accepts }] of Object.entries(RULES)) {
    const isGiven = Object.hasOwn(value, name) && value[name] !== undefined;
    if (isGiven ? !accepts(value[name], platforms) : name === 'answer')
      throw new CollectorError(messages.wrongMember(path + name, expected(platforms)));
  }
  const checked = value as unknown as ScriptedAnswer;
  if (checked.delayMs !== undefined && checked.answer !== 'slow')
    throw new CollectorError(messages.delayWithoutSlow());
  if (checked.answer === 'events-rejected') checkCanReject(checked, platforms);
  return checked;
}

function checkCanReject({ platform }: ScriptedAnswer, platforms: readonly CollectorPlatform[]): void {
  const able = platforms.filter(canRejectEvents).map(({ name }) => name);
  if (platform === undefined ? able.length === 0 : !able.includes(platform))
    throw new CollectorError(messages.cannotRejectEvents(able));
}

function isAnswer(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { status, headers = {}, body = '', ...others } = value;
  return (
    isWhole(status, 200, 599) &&
    isHeaders(headers) &&
    typeof body === 'string' &&
    Object.keys(others).length === 0
  );
}

function isHeaders(value: unknown): boolean {
  return (
    isObject(value) &&
    Object.keys(value).length <= MAX_HEADERS &&
    Object.entries(value).every(
      ([name, text]) =>
        /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
        !FRAMING.has(name.toLowerCase()) &&
        typeof text === 'string' &&
        /^[\t\x20-\x7E\x80-\xFF]*$/.test(text),
    )
  );
}

function isWhole(value: unknown, from: number, to: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to;
}

function whole(from: number, to: number, expected: string): Rule {
  return { expected: () => expected, accepts: (value) => isWhole(value, from, to) };
}

function aboveZero(max: number, expected: string): Rule {
  return {
    expected: () => expected,
    accepts: (value) => typeof value === 'number' && value > 0 && value <= max,
  };
}
