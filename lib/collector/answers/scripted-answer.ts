import { ANSWER_KINDS, type Answer, type AnswerKind } from '../platform.js';

/** All kinds, in the order of messages. */
export const SCRIPTED_KINDS = ['down', 'hang', 'slow', 'cut', ...ANSWER_KINDS] as const;

/**
 * The answer that the collector gives in place of the platform's.
 *
 * - `down`: the connection is closed before the body is read.
 * - `hang`: there is no answer.
 * - `slow`: the platform's own answer, after a delay.
 * - `cut`: the events are entered, and the connection is cut before the answer.
 * - the others: the platform's documented answer of that kind. No event of the request is entered.
 */
export type ScriptedKind = 'down' | 'hang' | 'slow' | 'cut' | AnswerKind;

/** Replaces the collector's own answer to some requests, to simulate an outage. */
export interface ScriptedAnswer {
  /** A kind, or an answer of your own; the events are entered if its status is 2xx. */
  readonly answer: ScriptedKind | Answer;
  /** Default: every platform. */
  readonly platform?: string | undefined;
  /** Ends after this number of requests. Default: no limit. */
  readonly requests?: number | undefined;
  /** Ends after this number of seconds. Default: no limit. */
  readonly seconds?: number | undefined;
  /** Share of the requests that it answers, above 0 and at most 1. Default 1. */
  readonly share?: number | undefined;
  /** Milliseconds before a `slow` answer. Default 2,000. */
  readonly delayMs?: number | undefined;
}
