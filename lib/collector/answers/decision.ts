import type { Answer, AnswerKind, CollectorPlatform, Reading } from '../platform.js';
import { eventWith } from '../platforms/reading/reading.js';
import type { ScriptedAnswer } from './scripted-answer.js';

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
/** For platforms that document no answer of the kind. */
const PLAIN: Readonly<Partial<Record<AnswerKind, Answer>>> = {
  rejected: { status: 400 },
  unauthorized: { status: 401 },
  'too-large': { status: 413 },
  throttled: { status: 429, headers: { 'retry-after': '1' } },
  error: { status: 500 },
};
/** A reading of one event, to learn what a platform answers. */
const SAMPLE: Reading = {
  events: [eventWith({ name: 'Sample', id: '00000000-0000-4000-8000-000000000000', userId: 'sample' })],
  answer: { status: 200 },
  problems: [],
};

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

/** The platform's documented answer of a kind, else the plain one; undefined: it cannot reject single events. */
export function kindAnswer(
  platform: CollectorPlatform,
  kind: AnswerKind,
  reading: Reading,
): Answer | undefined {
  return platform.answer(kind, reading) ?? PLAIN[kind];
}

export function canRejectEvents(platform: CollectorPlatform): boolean {
  return kindAnswer(platform, 'events-rejected', SAMPLE) !== undefined;
}
