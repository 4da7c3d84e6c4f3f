import { ANSWER_KINDS, type Answer, type AnswerKind } from '../platform.js';

/** All kinds, in the order of messages. */
export const SCRIPTED_KINDS = ['down', 'hang', 'slow', 'cut', ...ANSWER_KINDS] as const;

/**
 * What the collector does with a request in place of its own answer.
 *
 * - `down`: the connection is closed before the body is read.
 * - `hang`: there is no answer.
 * - `slow`: the platform's own answer, after a delay.
 * - `cut`: the events are kept, and the connection is cut before the answer.
 * - the others: the platform's documented answer of that kind. Nothing of the request is kept.
 */
export type ScriptedKind = 'down' | 'hang' | 'slow' | 'cut' | AnswerKind;

/** Answers some requests differently, as an outage does, or as a test wants it. */
export interface ScriptedAnswer {
  /** A kind, or an answer of your own; its events are kept if its status is 2xx. */
  readonly answer: ScriptedKind | Answer;
  /** Default: every platform. */
  readonly platform?: string | undefined;
  /** Ends after so many requests. Default: no limit. */
  readonly requests?: number | undefined;
  /** Ends after so many seconds. Default: no limit. */
  readonly seconds?: number | undefined;
  /** Share of the requests that it answers, above 0 and at most 1. Default 1. */
  readonly share?: number | undefined;
  /** Milliseconds before a `slow` answer. Default 2,000. */
  readonly delayMs?: number | undefined;
}
