/** One line that is updated in place on a terminal; elsewhere a new line every two seconds. */
export class LiveLine {
  readonly #tty = process.stdout.isTTY;
  readonly everyMs = this.#tty ? 250 : 2_000;

  show(text: string): void {
    if (this.#tty) process.stdout.write(`\r\x1b[2K${text.slice(0, (process.stdout.columns || 80) - 1)}`);
    else console.log(text);
  }

  /** Prints a line that stays on the screen. */
  say(text: string): void {
    console.log(this.#tty ? `\r\x1b[2K${text}` : text);
  }

  end(): void {
    if (this.#tty) process.stdout.write('\n');
  }
}
