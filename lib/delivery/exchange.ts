import type { Dispatcher } from 'undici';
import type { Answer } from '../destinations/destination.js';
import type { Clock, Timer } from '../host/clock.js';
import { deadline } from '../host/deadline.js';
import { decodedBody, encodingsOf, plainBody, undecodedBody } from './answer/decoded-body.js';
import { failureCode } from './failure-code.js';
import { CUT_OFF } from './reading.js';
import type { AttemptResult } from './reading.js';

const MAX_BODY_BYTES = 65_536;
/** A longer body is not read to its end to keep the socket. */
const MAX_DRAINED_BYTES = 1_048_576;
/** The error message of such an undici about our handler. */
const OLD_DISPATCHER = 'UND_ERR_INVALID_ARG';

/** One attempt as undici's handler. */
export class Exchange implements Dispatcher.DispatchHandler {
  over = false;
  #deadline: Timer | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Record<string, string> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(private readonly done: (result: AttemptResult) => void) {}

  /** Sets the one deadline of connecting, sending, headers and body. */
  endWithin(timeoutMs: number, clock: Clock): void {
    this.#deadline = deadline(clock, timeoutMs, () => this.abort('timeout'));
  }

  abort(code: string): void {
    this.#fail(code);
    this.#controller?.abort(new Error(code));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const again = this.#controller !== undefined;
    this.#controller = controller;
    // undici repeats requests pipelined behind an answer that closed the connection. Only the lane decides when to retry.
    if (again) this.#fail(CUT_OFF);
    if (this.over) controller.abort(new Error('over'));
  }

  /**
   * Called only by a dispatcher older than undici 7, which calls none of the methods that deliver the answer. The check at
   * start rejects most of them, but not a MockAgent, whose version shows only in use.
   */
  onConnect(): void {
    this.#fail(OLD_DISPATCHER);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#status = status;
    for (const [name, value] of Object.entries(headers)) {
      if (value !== undefined)
        this.#headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes < MAX_BODY_BYTES) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_DRAINED_BYTES) {
      this.#answer(false);
      controller.abort(new Error('body too long'));
    }
  }

  onResponseEnd(): void {
    this.#answer(this.#bytes <= MAX_BODY_BYTES);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    this.#fail(codeOf(error));
  }

  /** The connection ended within an answer: its status has arrived, so it counts without a body. */
  #fail(code: string): void {
    if (this.#status > 0) this.#answer(false);
    else this.#end({ failure: code });
  }

  #answer(complete: boolean): void {
    if (this.over) return;
    const encodings = encodingsOf(this.#headers['content-encoding']);
    this.#end({
      answer:
        encodings.length === 0 || this.#bytes === 0
          ? { status: this.#status, headers: this.#headers, body: this.#text(), complete }
          : this.#decoded(encodings, complete),
    });
  }

  #text(): string {
    return this.#chunks.length === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8', 0, MAX_BODY_BYTES);
  }

  /** An answer that still names its encoding has our placeholder as its body. */
  #decoded(encodings: readonly string[], complete: boolean): Answer {
    const { 'content-encoding': _, 'content-length': __, ...headers } = this.#headers;
    const bytes = Buffer.concat(this.#chunks);
    const decoded = complete ? decodedBody(bytes, encodings, MAX_BODY_BYTES) : undefined;
    const body = decoded ?? plainBody(bytes.subarray(0, MAX_BODY_BYTES));
    return body === undefined
      ? {
          status: this.#status,
          headers: this.#headers,
          body: undecodedBody(encodings, this.#bytes),
          complete: false,
        }
      : { status: this.#status, headers, body, complete };
  }

  #end(result: AttemptResult): void {
    if (this.over) return;
    this.over = true;
    this.#deadline?.cancel();
    this.done(result);
  }
}

/** The error's code only: undici's messages and fields may carry URL and headers. Of a proxy's refusal, its status. */
function codeOf(error: unknown): string {
  const refusal = /^Proxy response \((\d{3})\)/.exec(String((error as Error | null)?.message));
  if (refusal) return `PROXY_${refusal[1]}`;
  return failureCode(error) ?? 'ERROR';
}
