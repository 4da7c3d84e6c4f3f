import type { DeadLetter, EventBuffer } from '../../lib/buffer/event-buffer.js';

/** A lane's dead letters, oldest first, all at once. */
export async function lettersOf(
  buffer: Pick<EventBuffer, 'deadLetters'>,
  lane: string,
): Promise<DeadLetter[]> {
  const letters: DeadLetter[] = [];
  for await (const letter of buffer.deadLetters(lane)) letters.push(letter);
  return letters;
}
