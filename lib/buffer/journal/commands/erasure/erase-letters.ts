import { join } from 'node:path';
import { unlessAbsent } from '../../files/absence.js';
import type { CommandWork } from '../command-work.js';
import type { ErasedEvents } from './erased-events.js';
import { DAMAGED_FILE } from '../../format/file-names.js';
import { letterWithout } from '../../query/person-lines.js';
import type { Person } from '../../query/person.js';

/** Removes a person's dead letters from memory and from every file, also those of lanes that are not configured. */
export async function eraseLetters(work: CommandWork, person: Person, erased: ErasedEvents): Promise<void> {
  const { lanes, letters, folders } = work;
  for await (const { kept, letter } of letters.read(lanes.keys())) {
    const { event, lane: name, entry } = letter;
    if (!erased.has(event.id) && !person.isInHeld({ event, entry })) continue;
    const lane = lanes.get(name)!;
    letters.remove(kept, 'erased');
    lane.dropLetters('erased');
    erased.add(event.id, [name]);
    work.setup.onDropped({ event }, name, 'erased', false);
  }
  const isErased = (id: string): boolean => erased.has(id);
  for (const folder of folders.all) {
    await letters.purge(folder, (line) => letterWithout(line, person, isErased));
  }
}

/** Earlier versions copied damaged lines to this file. */
export async function removeDamagedFiles({ files, folders }: CommandWork): Promise<void> {
  for (const { path } of folders.all) await unlessAbsent(files.remove(join(path, DAMAGED_FILE)));
}
