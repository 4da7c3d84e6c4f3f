import type { LoggerService } from '@nestjs/common';

/** A logger of the application that keeps its messages. */
export class RecordedLog implements LoggerService {
  readonly lines: { readonly level: string; readonly text: string }[] = [];

  log(...parts: unknown[]): void {
    this.#keep('log', parts);
  }

  warn(...parts: unknown[]): void {
    this.#keep('warn', parts);
  }

  error(...parts: unknown[]): void {
    this.#keep('error', parts);
  }

  debug(...parts: unknown[]): void {
    this.#keep('debug', parts);
  }

  verbose(...parts: unknown[]): void {
    this.#keep('verbose', parts);
  }

  /** The texts of one level. */
  of(level: string): string[] {
    return this.lines.filter((line) => line.level === level).map(({ text }) => text);
  }

  /** All messages as one text. */
  get text(): string {
    return this.lines.map(({ level, text }) => `${level} ${text}`).join('\n');
  }

  #keep(level: string, parts: unknown[]): void {
    this.lines.push({ level, text: parts.map(textOf).join(' ') });
  }
}

function textOf(part: unknown): string {
  if (part instanceof Error)
    return `${part.stack ?? ''} ${JSON.stringify(part, Object.getOwnPropertyNames(part))}`;
  return typeof part === 'string' ? part : (JSON.stringify(part) ?? String(part));
}
