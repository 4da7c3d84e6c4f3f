import { isObject, parsedJson, type UnknownObject } from '../../../event/json-values.js';
import { hasShape, isNumber } from '../format/shape.js';

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

/** The progress of a command. */
export interface CommandProgress {
  readonly done: number;
  readonly total: number;
}

/** The result of a command. */
export interface CommandResult {
  readonly done: true;
  /** Why it was not carried out, as a sentence. */
  readonly error?: string;
  /** JSON, as the kind has it. */
  readonly value?: unknown;
}

/** A file in an owner's outbox. */
export type Answer = CommandResult | { readonly progress: CommandProgress };

/** Whether a text can be a command's id, and with it a file's name. */
export const isCommandId = (text: string): boolean => /^[0-9A-Za-z_-]{1,100}$/.test(text);

/** `undefined` for a text that is not the command with this id. */
export function readCommand(text: string, id: string): Command | undefined {
  const value = readObject(text);
  const kind = KINDS.find((known) => known === value?.['kind']);
  if (value?.['id'] !== id || kind === undefined) return undefined;
  if (typeof value['at'] !== 'string' || Number.isNaN(Date.parse(value['at']))) return undefined;
  return { id, kind, at: value['at'], payload: value['payload'] };
}

/** Whether a text is a command as the command line writes it, perhaps that of another version. */
export const isCommandOf = (text: string, id: string): boolean => readObject(text)?.['id'] === id;

/** `undefined` for a text that is not an answer. */
export function readAnswer(text: string): Answer | undefined {
  const value = readObject(text);
  if (value?.['done'] === true) {
    const error = value['error'];
    return { done: true, ...(typeof error === 'string' ? { error } : {}), ...pick(value, 'value') };
  }
  const progress = value?.['progress'];
  if (!hasShape(progress, { done: isNumber, total: isNumber })) return undefined;
  const { done, total } = progress as unknown as CommandProgress;
  return { progress: { done, total } };
}

const pick = (value: UnknownObject, name: string) => (name in value ? { [name]: value[name] } : {});

function readObject(text: string): UnknownObject | undefined {
  const value = parsedJson(text);
  return isObject(value) ? value : undefined;
}
