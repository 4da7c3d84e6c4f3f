/**
 * A count with its noun: `1 event`, `12,345 events`, the same on every machine.
 *
 * @param plural default: the noun with an `s`
 */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count.toLocaleString('en-US')} ${formOf(count, noun, plural)}`;
}

/** The form of a noun or verb that agrees with a count. */
export function formOf(count: number, singular: string, plural: string): string {
  return count === 1 ? singular : plural;
}

export function eventsOf(count: number): string {
  return counted(count, 'event');
}

/** The sum of counts by reason or by destination. */
export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
