/** Longest name of an event, in characters. Platforms allow less; each destination shortens to its own limit. */
const MAX_NAME = 1_000;

/** Whether it can be the name of an event: a string that is not blank. */
export function isEventName(name: unknown): name is string {
  return typeof name === 'string' && name.length <= MAX_NAME && name.trim() !== '';
}
