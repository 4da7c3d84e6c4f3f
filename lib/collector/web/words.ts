import type { ReceivedOutcome } from '../api/responses.js';

export const OUTCOME_MEANS: Readonly<Record<ReceivedOutcome, string>> = {
  delivered: 'A real host would store it.',
  duplicate: 'The platform recognises it as a repetition of an event that it has, and would count it once.',
  rejected: 'The answer rejected it, alone or with its whole request. The sender knows.',
  dropped: 'Answered with success, but the real host would drop it silently. The sender does not know.',
};

export const FAILED_REQUEST_MEANS =
  'A scripted answer failed it. Its events are not counted, because their sender still has them.';

/** Scripted answers that the page offers, in the order of the menu. */
export const ANSWERS: readonly (readonly [kind: string, label: string, means: string])[] = [
  ['down', 'Down', 'Closes the connection before it reads the request.'],
  ['hang', 'Hang', 'Never answers. Senders time out.'],
  ['slow', 'Slow', "The platform's own answer, two seconds later. Its events are entered."],
  ['cut', 'Cut', 'Enters the events, then cuts the connection before the answer.'],
  ['error', 'Error', "The platform's answer when it fails, such as HTTP 503."],
  ['throttled', 'Throttled', 'Too many requests: HTTP 429, with Retry-After where documented.'],
  ['unauthorized', 'Unauthorized', "The platform's answer to wrong credentials."],
  ['rejected', 'Rejected', 'Rejects the whole request.'],
  ['events-rejected', 'Events rejected', 'Rejects events of the request one by one.'],
  ['too-large', 'Too large', "The platform's answer to a request above the size limit."],
];

export const DURATIONS = [
  ['Next request', { requests: 1 }],
  ['10 s', { seconds: 10 }],
  ['1 min', { seconds: 60 }],
  ['Until recovered', {}],
] as const;
