import type { LogLine } from '../../files/log-lines.js';
import { damagedLineOf } from '../../format/damaged-line.js';
import { deadLetterOf, encodeDeadLetter } from '../../format/dead-letter-line.js';
import type { CommandWork } from '../command-work.js';
import type { ErasedEvents } from './erased-events.js';
import type { Person } from './person.js';

/** Takes a person's dead letters out of memory and of every file, with those of lanes that are not configured. */
export async function eraseLetters(work: CommandWork, person: Person, erased: ErasedEvents): Promise<void> {
  const { lanes, letters, folders } = work;
  for await (const { kept, letter } of letters.read(lanes.keys())) {
    const { event, lane: name } = letter;
    if (!person.isInHeld({ event })) continue;
    const lane = lanes.get(name)!;
    letters.remove(kept, 'erased');
    lane.countDropped('erased');
    erased.add(event.id, [name]);
    work.onDropped({ event }, name, 'erased', false);
  }
  for (const folder of folders.all) await letters.purge(folder, (line) => withoutPerson(line, person));
}

/** A line of a file of dead letters without a word of a person: an answer may name another one than its event. */
export function withoutPerson({ value, text }: LogLine, person: Person): string | undefined {
  const line = value && deadLetterOf(value);
  if (line === undefined) return person.isNamedIn(text) ? undefined : text;
  if ('gone' in line) {
    const isNamed = line.why !== undefined && person.isNamedIn(line.why);
    return isNamed ? encodeDeadLetter({ ...line, why: undefined }).trimEnd() : text;
  }
  if (person.isInEvent(line.event)) return undefined;
  const isNamed = line.answer !== undefined && person.isNamedIn(line.answer);
  return isNamed ? encodeDeadLetter({ ...line, answer: undefined }).trimEnd() : text;
}

/** Takes what was set aside as unreadable, and names the person, out of every file. */
export async function eraseDamaged({ damaged, folders }: CommandWork, person: Person): Promise<void> {
  for (const folder of folders.all) {
    await damaged.purge(folder, ({ value, text }) =>
      person.isNamedIn((value && damagedLineOf(value)?.text) ?? text) ? undefined : text,
    );
  }
}
