import { visibleText } from './visible-text.js';

const MAX_FRAMES = 20;
const FRAME = /^\s+at /;

/**
 * The class, the code and the stack of an error, without its message: a message may contain values of an event or a secret. Never
 * throws.
 */
export function traceOf(error: unknown): { readonly name: string; readonly stack: string } {
  try {
    if (!(error instanceof Error)) return { name: typeof error, stack: '' };
    const { code } = error as NodeJS.ErrnoException;
    const name = visibleText(`${error.constructor.name}${typeof code === 'string' ? ` ${code}` : ''}`);
    return { name, stack: [name, ...framesOf(error)].join('\n') };
  } catch {
    // Any member of an error may be a getter of the application.
    return { name: 'Error', stack: '' };
  }
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
