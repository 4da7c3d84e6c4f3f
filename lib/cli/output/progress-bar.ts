import type { Terminal } from '../terminal.js';
import { count } from './quantities.js';

const WIDTH = 30;

/** Draws a progress bar on stderr while work runs. Without a terminal, it draws nothing. */
export async function withProgress<T>(
  terminal: Terminal,
  what: string,
  total: number,
  work: (onProgress: (done: number) => void) => Promise<T>,
): Promise<T> {
  let furthest = 0;
  const draw = (done: number): void => {
    furthest = Math.min(Math.max(done, furthest), total);
    if (!terminal.canRedraw) return;
    const share = total === 0 ? 1 : furthest / total;
    const full = Math.round(share * WIDTH);
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    const percent = String(Math.floor(share * 100)).padStart(3);
    terminal.redraw(`${what} ${bar} ${percent} %  ${count(furthest)} of ${count(total)}`);
  };
  draw(0);
  try {
    return await work(draw);
  } finally {
    // The next output starts on an empty line.
    if (terminal.canRedraw) terminal.redraw('');
  }
}
