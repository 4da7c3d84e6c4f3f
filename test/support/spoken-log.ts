import { Log } from '../../lib/host/log.js';
import type { LogSink } from '../../lib/host/log.js';

/** A logger that keeps its messages. */
export class Spoken implements LogSink {
  readonly infos: string[] = [];
  readonly warnings: string[] = [];
  readonly errors: string[] = [];

  log(message: string): void {
    this.infos.push(message);
  }

  warn(message: string): void {
    this.warnings.push(message);
  }

  error(message: string): void {
    this.errors.push(message);
  }

  get all(): string[] {
    return [...this.infos, ...this.warnings, ...this.errors];
  }
}

/** The package's log, and its messages. */
export function aLog(monotonic: () => number = () => 0): { log: Log; spoken: Spoken } {
  const spoken = new Spoken();
  return { log: new Log(monotonic, spoken), spoken };
}
