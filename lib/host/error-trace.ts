import { types } from 'node:util';
import { guarded } from './guarded.js';
import { visibleText } from './visible-text.js';

const MAX_FRAMES = 20;
const FRAME = /^\s+at /;

interface Trace {
  readonly name: string;
  readonly stack: string;
}

/**
 * The class, the code and the stack of an error, without its message: a message may contain values of an event or a secret. Never
 * throws.
 */
export function traceOf(error: unknown): Trace {
  // Any member of an error may be a getter of the application.
  return guarded(() => read(error)) ?? { name: 'Error', stack: '' };
}

function read(error: unknown): Trace {
  if (!(error instanceof Error)) return { name: typeof error, stack: '' };
  const { code } = error as NodeJS.ErrnoException;
  const words = typeof code === 'string' ? [error.constructor.name, code] : [error.constructor.name];
  const name = visibleText(words.join(' '));
  return { name, stack: [name, ...framesOf(error)].join('\n') };
}

/** Only the kind of an error, because its message may contain values. Never throws. */
export function errorKind(error: unknown): string {
  return (
    guarded(() => (types.isNativeError(error) || error instanceof Error ? error.name : typeof error)) ??
    'Error'
  );
}

/** The message comes first in a stack, and may have lines that look like frames. */
function framesOf({ stack = '', message }: Error): string[] {
  const end = stack.indexOf(message) + message.length;
  return stack
    .slice(end)
    .split('\n')
    .filter((line) => FRAME.test(line))
    .slice(0, MAX_FRAMES)
    .map(visibleText);
}
