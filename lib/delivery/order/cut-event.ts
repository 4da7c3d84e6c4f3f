import type { HeldEvent } from '../../event/lane-event.js';
import { traitsOf } from './person-call.js';

/** The event without some of its traits. Its JSON still has them, so it is left out. */
export function cutEvent(held: HeldEvent, names: ReadonlySet<string>): HeldEvent {
  const { event, entry } = held;
  const traits = Object.entries(traitsOf(held)).filter(([name]) => !names.has(name));
  const properties = Object.fromEntries(traits);
  if (entry?.properties === undefined) return { event: { ...event, properties }, entry };
  return { event, entry: { ...entry, properties } };
}
