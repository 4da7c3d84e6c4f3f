import type { Dispatcher } from 'undici';
import { type Answer, MAX_ANSWER_BYTES } from '../../destinations/destination.js';
import type { Clock, Timer } from '../../host/clock.js';
import { deadline } from '../../host/deadline.js';
import type { Log } from '../../host/log.js';
import { decodedBody, encodingsOf, plainBody, undecodedBody } from '../answer/decoded-body.js';
import { type AnswerCut, type AttemptResult, CUT_OFF, failureCode } from '../reading.js';

/** A longer body is not read to its end to keep the socket. */
const MAX_DRAINED_BYTES = 1_048_576;
/** The error code of an older undici about our handler. */
const OLD_DISPATCHER = 'UND_ERR_INVALID_ARG';

const NOT_DECODED = { text: undefined, isLong: false };

/** One attempt, as a handler for undici. */
export class Exchange implements Dispatcher.DispatchHandler {
  over = false;
  #deadline: Timer | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #headers: Readonly<Record<string, string | string[] | undefined>> = {};
  #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(
    private readonly log: Log,
    private readonly done: (result: AttemptResult) => void,
  ) {}

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
    // undici repeats requests that were pipelined after an answer that closed the connection. Only the lane decides when to
    // retry.
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
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#bytes < MAX_ANSWER_BYTES) this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_DRAINED_BYTES) {
      this.#answer('long');
      controller.abort(new Error('body too long'));
    }
  }

  onResponseEnd(): void {
    this.#answer(this.#bytes <= MAX_ANSWER_BYTES ? undefined : 'long');
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    this.#fail(codeOf(error));
  }

  /** The connection ended within an answer. Its status has arrived, so it counts, without a body. */
  #fail(code: string): void {
    if (this.#status > 0) {
      this.#answer(this.#bytes <= MAX_ANSWER_BYTES ? 'early' : 'long');
      return;
    }
    // undici reports when it begins to write. Before that, it may have been connecting.
    const isUnsent = this.#controller === undefined;
    this.#end({ failure: code, ...(isUnsent && { isUnsent }) });
  }

  #answer(cut: AnswerCut | undefined): void {
    if (this.over) return;
    let result: AttemptResult = { answer: this.#answered({}, '', 'early'), cut: 'early' };
    this.log.contain('reading an answer', () => {
      result = this.#read(headersOf(this.#headers), cut);
    });
    this.#end(result);
  }

  #read(headers: Answer['headers'], cut: AnswerCut | undefined): AttemptResult {
    const encodings = encodingsOf(headers['content-encoding']);
    if (encodings.length > 0 && this.#bytes > 0) return this.#decoded(headers, encodings, cut);
    const body = Buffer.concat(this.#chunks).toString('utf8', 0, MAX_ANSWER_BYTES);
    return { answer: this.#answered(headers, body, cut), cut };
  }

  #answered(headers: Answer['headers'], body: string, cut: AnswerCut | undefined): Answer {
    return { status: this.#status, headers, body, complete: cut === undefined };
  }

  /** An answer that still has a content-encoding has the placeholder as its body. */
  #decoded(
    encoded: Answer['headers'],
    encodings: readonly string[],
    cut: AnswerCut | undefined,
  ): AttemptResult {
    const { 'content-encoding': _, 'content-length': __, ...headers } = encoded;
    const bytes = Buffer.concat(this.#chunks);
    const { text, isLong = false } =
      cut === undefined ? decodedBody(bytes, encodings, MAX_ANSWER_BYTES) : NOT_DECODED;
    const body = text ?? plainBody(bytes.subarray(0, MAX_ANSWER_BYTES));
    if (body !== undefined) return { answer: this.#answered(headers, body, cut), cut };
    const placeholder = undecodedBody(encodings, this.#bytes);
    const answer = { status: this.#status, headers: encoded, body: placeholder, complete: false };
    return { answer, cut: isLong ? 'long' : cut };
  }

  #end(result: AttemptResult): void {
    if (this.over) return;
    this.over = true;
    this.#deadline?.cancel();
    this.log.contain('ending an attempt', () => this.done(result));
  }
}

function headersOf(given: Readonly<Record<string, string | string[] | undefined>>): Answer['headers'] {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

/** The error's code only, because undici's messages and fields may contain URL and headers. For a proxy's refusal, its status. */
function codeOf(error: unknown): string {
  const refusal = /^Proxy response \((\d{3})\)/.exec(String((error as Error | null)?.message));
  if (refusal) return `PROXY_${refusal[1]}`;
  return failureCode(error) ?? 'ERROR';
}
