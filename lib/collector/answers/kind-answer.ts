import type { Answer, AnswerKind, CollectorPlatform, Reading } from '../platform.js';
import { eventWith } from '../platforms/reading/reading.js';

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

/** The platform's documented answer of a kind, else the plain one; undefined: it cannot reject single events. */
export function kindAnswer(
  platform: CollectorPlatform,
  kind: AnswerKind,
  reading: Reading,
): Answer | undefined {
  return platform.answer(kind, reading) ?? PLAIN[kind];
}

/** Whether an answer of the platform can reject single events. */
export function canRejectEvents(platform: CollectorPlatform): boolean {
  return kindAnswer(platform, 'events-rejected', SAMPLE) !== undefined;
}
