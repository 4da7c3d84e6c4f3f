import type { Answer, Explanation } from '../../destinations/destination.js';
import { disown } from '../../host/disown.js';
import { guarded } from '../../host/guarded.js';
import type { LaneDestination } from '../lane-destination.js';
import type { AttemptResult } from '../reading.js';
import { encodingsOf } from './decoded-body.js';
import { StrikeOut } from './strike-out.js';

const MAX_KEPT_BYTES = 1_024;
/** Only this much is searched for secrets, because less is kept. */
const MAX_READ = 4_096;
/** A code or the name of a field, as programs write them; an id or a sentence may hold a person's data. */
const WORD = /^[\w.:/#[\]-]{1,80}$/;
const MEDIA_TYPE = /^[\w.+-]{1,60}\/[\w.+-]{1,60}/;

/**
 * Reduces a platform's answers, which may repeat events, to the status and the fields that the destination understands, or to
 * the text with `keepAnswers: 'text'`. The result is cut to 1 KB, with every secret of the destination removed.
 */
export class AnswerKeeper {
  #strikeOut: StrikeOut;
  /** Of the request whose answer is read. */
  #ofRequest: StrikeOut | undefined;

  constructor(private readonly destination: Pick<LaneDestination, 'secrets' | 'keepAnswers' | 'explain'>) {
    this.#strikeOut = new StrikeOut(destination.secrets);
  }

  /** Sets the additional secrets to remove. Replaces those of the last call. */
  hide(secrets: readonly string[]): void {
    this.#strikeOut = new StrikeOut([...this.destination.secrets, ...secrets]);
  }

  /** Sets the secrets of the request whose answers follow. */
  answersTo(secrets: readonly string[] | undefined): void {
    this.#ofRequest = secrets && new StrikeOut(secrets);
  }

  /** The answer of an attempt, or the code of its failure. */
  ofResult(result: AttemptResult): string {
    return 'failure' in result ? result.failure : this.of(result.answer);
  }

  /** For an answer to a request that was rejected as a whole: `422 invalid_email (email): It has no domain`. */
  of(answer: Answer): string {
    const [brief, message] = this.#told(answer.status, this.#explained(answer));
    if (this.destination.keepAnswers === 'text') return joined(brief, this.#clean(answer.body));
    const isExplained = brief !== String(answer.status) || message !== '';
    return joined(brief, isExplained ? message : this.#kind(answer));
  }

  /** The same for one event of an answer. */
  ofEvent(status: number, detail: unknown): string {
    return joined(...this.#told(status, typeof detail === 'string' ? { message: detail } : detail));
  }

  #explained(answer: Answer): unknown {
    const explained: unknown = guarded(() => this.destination.explain(answer));
    disown(explained);
    return explained;
  }

  /** Status, code and field, which may be logged, and the message, which may not. */
  #told(status: number, explanation: unknown): [brief: string, message: string] {
    const { code, field, message } = this.#fields(explanation);
    let brief = String(status);
    if (code !== brief && WORD.test(code)) brief += ` ${code}`;
    if (WORD.test(field)) brief += ` (${field})`;
    const others = [code, field].filter((text) => text !== '' && !WORD.test(text));
    return [brief, [...others, message].filter((text) => text !== '').join(', ')];
  }

  #fields(explanation: unknown): Record<keyof Explanation, string> {
    const read = guarded(() => {
      const { code, field, message } = Object(explanation) as Partial<Record<keyof Explanation, unknown>>;
      return { code, field, message };
    });
    return {
      code: this.#textOf(read?.code),
      field: this.#textOf(read?.field),
      message: this.#textOf(read?.message),
    };
  }

  #textOf(value: unknown): string {
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' ? this.#clean(value) : '';
  }

  #clean(text: string): string {
    const cut = text.slice(0, MAX_READ);
    return this.#strikeOut.apply(this.#ofRequest?.apply(cut) ?? cut).trim();
  }

  /** The kind of text of an answer that the destination does not understand, such as a proxy's page. */
  #kind({ headers, body, complete }: Answer): string {
    if (body === '') return '';
    // Then the body is the replacement sentence.
    if (encodingsOf(headers['content-encoding']).length > 0) return body;
    const type = MEDIA_TYPE.exec(this.#clean(headers['content-type'] ?? ''))?.[0];
    const bytes = `${Buffer.byteLength(body)} bytes`;
    const size = complete ? bytes : `at least ${bytes}`;
    return type === undefined ? size : `${type}, ${size}`;
  }
}

function joined(head: string, text: string): string {
  const whole = Buffer.from(text === '' ? head : `${head}: ${text}`);
  if (whole.length <= MAX_KEPT_BYTES) return whole.toString();
  let end = MAX_KEPT_BYTES;
  // Not within a surrogate pair.
  while ((whole[end]! & 0xc0) === 0x80) end--;
  return whole.toString('utf8', 0, end);
}
