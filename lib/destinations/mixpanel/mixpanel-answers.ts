import type { LaneEvent } from '../../event/lane-event.js';
import type { Answer, Explanation, Outcome } from '../destination.js';
import { jsonObject, type Decoded } from '../answers.js';
import { objectOf, textOf } from '../../event/json-values.js';

const DELIVERED: Outcome = Object.freeze({ kind: 'delivered' });

/**
 * Outcomes of a strict request that names its invalid records; all others are stored. They count as delivered only if each failed
 * record names an event without contradiction and the count of stored ones agrees. Otherwise the status decides about them.
 */
export function namedOutcomes({ status, body }: Answer, batch: readonly LaneEvent[]): Decoded {
  if (status !== 400 && status !== 200) return undefined;
  const { failed_records: failed, num_records_imported: stored } = jsonObject({ body });
  if (!Array.isArray(failed) || failed.length === 0) return undefined;
  const ids = new Set(batch.map(({ event }) => event.id));
  const outcomes = new Map<string, Outcome>();
  let areAllKnown = true;
  for (const record of failed as readonly unknown[]) {
    const { index, insert_id, $insert_id = insert_id, field, message } = objectOf(record);
    const indexed = typeof index === 'number' ? batch[index]?.event.id : undefined;
    const id = indexed ?? $insert_id;
    const contradicts = indexed !== undefined && $insert_id !== undefined && $insert_id !== indexed;
    if (typeof id === 'string' && ids.has(id) && !contradicts) {
      outcomes.set(id, { kind: 'rejected', detail: { field: textOf(field), message: textOf(message) } });
    } else areAllKnown = false;
  }
  const isShort = typeof stored === 'number' && stored < batch.length - outcomes.size;
  // Otherwise the successful status would count a failed event as delivered.
  if (!areAllKnown || isShort) return status === 200 ? 'refused' : outcomes;
  return new Map([...ids].map((id) => [id, outcomes.get(id) ?? DELIVERED]));
}

/**
 * An answer that names no record. Profiles are answered with 1, or with 0 if there is an invalid one, as text or as a `status` in
 * JSON, always with status 200. Throws for another answer with that status, and for a success that counts fewer events.
 */
export function wholeOutcome({ status, body }: Answer, batch: readonly LaneEvent[]): Decoded {
  if (status !== 200) return undefined;
  const bare = body.trim();
  if (bare === '1') return 'delivered';
  if (bare === '0') return 'refused';
  const { status: said, num_records_imported: stored = batch.length } = jsonObject({ body });
  if (said === 0 || said === 'error') return 'refused';
  if (said !== 1 && said !== 'OK') throw new TypeError('The answer has no status');
  if (typeof stored === 'number' && stored < batch.length) {
    throw new TypeError('The answer counts fewer events');
  }
  return 'delivered';
}

/** The sentence with which Mixpanel rejects a whole request. */
export function explainRejection(answer: Answer): Explanation | undefined {
  const message = textOf(jsonObject(answer)['error']);
  return message === undefined ? undefined : { message };
}
