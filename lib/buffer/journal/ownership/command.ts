import { join } from 'node:path';
import { isObject, parsedJson, type UnknownObject } from '../../../event/json-values.js';
import type { Clock } from '../../../host/clock.js';
import { unlessAbsent } from '../files/absence.js';
import type { Files } from '../files/files.js';
import { hasShape, isNumber, isText } from '../format/shape.js';

const KINDS = ['replay', 'dead.retry', 'dead.drop', 'erase', 'move', 'import'] as const;

/** The commands that the command line can give to the owner of a folder. */
export type CommandKind = (typeof KINDS)[number];

/** A file in an owner's inbox. It must be possible to carry it out twice, because it is found again after a crash. */
export interface Command {
  /** Also the file's name: letters, digits, `-` and `_`. */
  readonly id: string;
  readonly kind: CommandKind;
  /** When it was given: wall clock, ISO 8601. */
  readonly at: string;
  /** JSON, as the kind has it. */
  readonly payload: unknown;
}

export interface CommandProgress {
  readonly done: number;
  readonly total: number;
}

export interface CommandResult {
  readonly done: true;
  /** Why it was not carried out, as a sentence. */
  readonly error?: string;
  /** JSON, as the kind has it. */
  readonly value?: unknown;
}

/** A file in an owner's outbox. */
type Answer = CommandResult | { readonly progress: CommandProgress };

/** The path of a command to the owner of a folder. */
export const commandPath = (folder: string, id: string): string => join(folder, 'inbox', `${id}.json`);

export const answerPath = (folder: string, id: string): string => join(folder, 'outbox', `${id}.json`);

/** Whether a text can be a command's id, and with it a file's name. */
export const isCommandId = (text: string): boolean => /^[0-9A-Za-z_-]{1,100}$/.test(text);

/** `undefined` for a text that is not the command with this id. */
export function readCommand(text: string, id: string): Command | undefined {
  const value = readObject(text);
  const kind = KINDS.find((known) => known === value?.['kind']);
  if (value?.['id'] !== id || kind === undefined) return undefined;
  const { at, payload } = value;
  return isText(at) && !Number.isNaN(Date.parse(at)) ? { id, kind, at, payload } : undefined;
}

/** Whether a text is a command as the command line writes it, perhaps that of another version. */
export const isCommandOf = (text: string, id: string): boolean => readObject(text)?.['id'] === id;

/** `undefined` for a text that is not an answer. */
export function readAnswer(text: string): Answer | undefined {
  const answer = readObject(text);
  if (answer?.['done'] === true) {
    const { error } = answer;
    const value = 'value' in answer && { value: answer['value'] };
    return { done: true, ...(isText(error) && { error }), ...value };
  }
  const progress = answer?.['progress'];
  if (!hasShape(progress, { done: isNumber, total: isNumber })) return undefined;
  const { done, total } = progress as unknown as CommandProgress;
  return { progress: { done, total } };
}

function readObject(text: string): UnknownObject | undefined {
  const value = parsedJson(text);
  return isObject(value) ? value : undefined;
}

const POLL_MS = 100;

interface SendOptions {
  /** Milliseconds without an answer or progress after which the command is withdrawn. */
  readonly timeoutMs: number;
  readonly onProgress?: ((progress: CommandProgress) => void) | undefined;
}

/** The owner did not answer. It may have started the command; otherwise the command is withdrawn. */
export class CommandTimeoutError extends Error {
  override readonly name = 'CommandTimeoutError';
}

/** Sends a command to the owner of a folder. Resolves to its result. */
export async function sendCommand(
  files: Files,
  clock: Clock,
  folderPath: string,
  command: Command,
  { timeoutMs, onProgress }: SendOptions,
): Promise<CommandResult> {
  const inbox = commandPath(folderPath, command.id);
  const outbox = answerPath(folderPath, command.id);
  await files.writeText(inbox, JSON.stringify(command));
  let signAt = clock.monotonic();
  let sign: string | undefined;
  for (;;) {
    const text = await unlessAbsent(files.readText(outbox));
    if (text !== undefined && text !== sign) {
      sign = text;
      signAt = clock.monotonic();
      const answer = readAnswer(text);
      if (answer !== undefined && 'done' in answer) {
        await unlessAbsent(files.remove(outbox));
        // An owner that cannot read it leaves it there.
        await unlessAbsent(files.remove(inbox));
        return answer;
      }
      if (answer !== undefined) onProgress?.(answer.progress);
    }
    if (clock.monotonic() - signAt >= timeoutMs) break;
    await new Promise<void>((resolve) => clock.after(Math.min(POLL_MS, timeoutMs), resolve));
  }
  await unlessAbsent(files.remove(inbox));
  await unlessAbsent(files.remove(outbox));
  throw new CommandTimeoutError('The application gave no answer in time.');
}
