import type { Terminal } from '../terminal.js';
import { count } from './quantities.js';

const WIDTH = 30;

/** A progress bar on stderr. Without a terminal, it draws nothing. */
export class ProgressBar {
  #done = 0;

  constructor(
    private readonly terminal: Terminal,
    private readonly what: string,
    private readonly total: number,
  ) {
    this.to(0);
  }

  to(done: number): void {
    this.#done = Math.min(Math.max(done, this.#done), this.total);
    if (!this.terminal.canRedraw) return;
    const share = this.total === 0 ? 1 : this.#done / this.total;
    const full = Math.round(share * WIDTH);
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    const percent = String(Math.floor(share * 100)).padStart(3);
    this.terminal.redraw(`${this.what} ${bar} ${percent} %  ${count(this.#done)} of ${count(this.total)}`);
  }

  /** Removes the bar, so that the next output starts on an empty line. */
  end(): void {
    if (this.terminal.canRedraw) this.terminal.redraw('');
  }
}
