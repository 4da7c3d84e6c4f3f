import { readAttempt } from '../../lib/delivery/reading.js';
import type { Answer, Destination } from '../../lib/destinations/destination.js';
import type { LaneEvent } from '../../lib/event/lane-event.js';

/** The outcome of each event of a batch by the delivery's own reading of an answer, `decode` and status together. */
export function outcomesOf(
  destination: Destination,
  answer: Partial<Answer> & Pick<Answer, 'status'>,
  batch: readonly LaneEvent[],
): string[] {
  const whole: Answer = { headers: {}, body: '', complete: true, ...answer };
  const { request, events } = readAttempt({ answer: whole }, destination, batch);
  return batch.map(({ event }) => events?.get(event.id)?.kind ?? request.kind);
}
