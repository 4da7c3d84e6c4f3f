import { kindAnswer } from '../answers/kind-answer.js';
import type { ScriptedAnswer } from '../answers/scripted-answer.js';
import type { Answer, CollectorPlatform, Reading } from '../platform.js';

/** How a request is answered. */
export interface Decision {
  readonly answer: Answer;
  /** `hang`: it is not given. `cut`: the connection is closed in its place. */
  readonly ending: 'answer' | 'hang' | 'cut';
  /** Milliseconds before the answer. */
  readonly delayMs: number;
  /** The kind that the ledger records; null: the platform's own answer. */
  readonly scripted: string | null;
  readonly kept: boolean;
}

const SLOW_MS = 2_000;

/** Decides on the answer: the platform's own, or the scripted one. */
export function decide(
  platform: CollectorPlatform,
  reading: Reading,
  scripted: ScriptedAnswer | undefined,
): Decision {
  const own: Decision = { answer: reading.answer, ending: 'answer', delayMs: 0, scripted: null, kept: true };
  if (scripted === undefined) return own;
  const { answer: kind, delayMs = SLOW_MS } = scripted;
  if (typeof kind === 'object') {
    return { ...own, answer: kind, scripted: 'own', kept: kind.status < 300 };
  }
  switch (kind) {
    case 'slow':
      return { ...own, delayMs, scripted: kind };
    case 'cut':
      return { ...own, ending: kind, scripted: kind };
    case 'hang':
    case 'down':
      return { ...own, ending: 'hang', scripted: kind, kept: false };
    default: {
      // A request without events, such as one for settings, has none that could be rejected.
      if (kind === 'events-rejected' && reading.events.length === 0) return own;
      const answer = kindAnswer(platform, kind, reading);
      return answer === undefined ? own : { ...own, answer, scripted: kind, kept: false };
    }
  }
}
