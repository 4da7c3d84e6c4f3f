import type { LaneEvent } from '../../event/lane-event.js';
import type { Answer, Outcome, RequestOutcome } from '../destination.js';
import { jsonObject } from '../answers.js';
import type { MessageIds } from '../segment-protocol/message.js';

const NAMED = /^Message ID: ([\w.-]+): (.*)$/s;
/** The events are valid: a quota is used up, or the site has no destination. */
const WITHHELD = /^(?:quota exceeded|no destinations found)/;
/** Jitsu reports its internal errors by a number only. */
const OWN_FAULT = /^error# /;
/** Jitsu accepts a random share of the events, and others later. */
const WITHHELD_PAUSE_MS = 60_000;

/**
 * The outcomes in a 200: Jitsu lists messages that it did not accept, as texts. All events withheld is a fault of the account, as
 * 402 is on the routes for one event.
 *
 * @throws for a 200 that is no answer of Jitsu
 */
export function jitsuOutcomes(
  answer: Answer,
  batch: readonly LaneEvent[],
  messageId: MessageIds,
): ReadonlyMap<string, Outcome> | RequestOutcome | undefined {
  if (answer.status !== 200) return undefined;
  const { ok, okEvents, errors } = jsonObject(answer);
  if (ok === true) return 'delivered';
  if (!Array.isArray(errors)) throw new Error('The answer has neither `ok` nor errors');

  const texts = new Map(errors.flatMap(named));
  if (batch.length > 0 && batch.every(({ event }) => WITHHELD.test(texts.get(messageId(event)) ?? '')))
    return 'misconfigured';
  const outcomes = new Map<string, Outcome>();
  for (const { event } of batch) {
    const text = texts.get(messageId(event));
    if (text !== undefined) outcomes.set(event.id, outcomeOf(text));
  }
  return okEvents === 0 && outcomes.size === 0 ? 'refused' : outcomes;
}

function named(error: unknown): [id: string, text: string][] {
  const [, id, text] = NAMED.exec(typeof error === 'string' ? error : '') ?? [];
  return id === undefined || text === undefined ? [] : [[id, text]];
}

function outcomeOf(text: string): Outcome {
  if (WITHHELD.test(text)) return { kind: 'retry', afterMs: WITHHELD_PAUSE_MS };
  if (OWN_FAULT.test(text)) return { kind: 'retry' };
  const colon = text.indexOf(': ');
  if (colon === -1) return { kind: 'rejected', detail: { message: text } };
  return { kind: 'rejected', detail: { code: text.slice(0, colon), message: text.slice(colon + 2) } };
}
