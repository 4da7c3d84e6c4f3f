import { fromCheckedLine } from '../../format/checked-line.js';
import { damagedLineOf } from '../../format/damaged-line.js';
import { deadLetterOf } from '../../format/dead-letter-line.js';
import type { CommandWork } from '../command-work.js';
import type { ErasedEvents } from './erased-events.js';
import type { Person } from './person.js';

/** Takes a person's dead letters out of memory and of every file, with those of lanes that are not configured. */
export async function eraseLetters(work: CommandWork, person: Person, erased: ErasedEvents): Promise<void> {
  const { lanes, letters, folders } = work;
  for (const lane of lanes.values()) {
    for (const kept of letters.of(lane.name)) {
      const { event } = kept.letter;
      if (!person.isInHeld({ event })) continue;
      letters.remove(kept, 'erased');
      lane.countDropped('erased');
      erased.add(event.id, [lane.name]);
      work.onDropped({ event }, lane.name, 'erased', false);
    }
  }
  for (const folder of folders.all) await letters.purge(folder, (line) => !isAbout(line, person));
}

/** Whether a line of a file of dead letters is about a person. */
export function isAbout(line: string, person: Person): boolean {
  const value = fromCheckedLine(line);
  const letter = value && deadLetterOf(value);
  if (letter === undefined) return person.isNamedIn(line);
  return !('gone' in letter) && person.isInEvent(letter.event);
}

/** Takes what was set aside as unreadable, and names the person, out of every file. */
export async function eraseDamaged({ damaged, folders }: CommandWork, person: Person): Promise<void> {
  for (const folder of folders.all) {
    await damaged.purge(folder, (line) => {
      const value = fromCheckedLine(line);
      const text = value && damagedLineOf(value)?.text;
      return !person.isNamedIn(text ?? line);
    });
  }
}
