import type { PersonToErase } from '../query/person-to-erase.js';
import { searchSegment } from '../query/search-segment.js';
import type { LogLine } from '../files/log-file.js';
import { DEAD_LETTERS_FILE, segmentFile } from '../format/file-names.js';
import type { EventJson } from '../../../event/event-json.js';
import { isNotAFile } from '../files/absence.js';
import { meaningOf } from '../ownership/content.js';
import type { FolderReader } from './folder-reader.js';

/** A place that names a person who was or will be erased. */
export interface PersonTrace {
  /** `<group>/<origin>/<file>`. */
  readonly file: string;
  /**
   * `event`: of the person. `unreadable`: a line from which no event can be read. `letter`: a dead letter of the person, or one
   * with an answer or a reason that names the person. `text`: any other file, such as a pending command or an unknown file.
   * `unsearched`: not a file, but a link or a folder of another user.
   */
  readonly what: 'event' | 'unreadable' | 'letter' | 'text' | 'unsearched';
}

/** The result of a search for a person. */
export class Traces {
  folders = 0;
  /** Events that were read. */
  read = 0;
  /** Events of other people that contain one of the texts. */
  mentions = 0;
  readonly places: PersonTrace[] = [];
  readonly #ids = new Set<string>();
  readonly #joined = new Set<string>();

  /** Events of the person, each counted once. */
  get events(): number {
    return this.#ids.size;
  }

  /** All ids that aliases of the person join. */
  get joinedIds(): ReadonlySet<string> {
    return this.#joined;
  }

  constructor(private readonly person: PersonToErase) {}

  /**
   * Reads every line of every file of a folder, also superseded copies.
   *
   * @param command id of a command that is not searched: the erasure itself
   */
  async search(reader: FolderReader, command: string | undefined): Promise<void> {
    const { folder, files } = reader;
    this.folders++;
    const segments = new Set((await reader.segments()).map(({ name }) => segmentFile(name)));
    for (const name of await files.all()) {
      // The owner removes the command of an erasure last.
      if (command !== undefined && name.endsWith(`/${command}.json`)) continue;
      const add = (what: PersonTrace['what']): void =>
        void this.places.push({ file: `${folder.group}/${folder.origin}/${name}`, what });
      try {
        if (segments.has(name)) await this.#searchSegment(reader, name, add);
        else await this.#searchLines(reader, name, add);
      } catch (error) {
        if (meaningOf(name) !== 'unknown' || !isNotAFile(error)) throw error;
        add('unsearched');
      }
    }
  }

  async #searchLines(
    { files }: FolderReader,
    name: string,
    add: (what: PersonTrace['what']) => void,
  ): Promise<void> {
    const { person } = this;
    const [what, isNamed]: [PersonTrace['what'], (line: LogLine) => boolean] =
      name === DEAD_LETTERS_FILE
        ? ['letter', (line) => person.letterWithout(line) !== line.text]
        : ['text', ({ text }) => person.isNamedIn(text)];
    for await (const lines of files.lines(name)) {
      for (const _ of lines.filter(isNamed)) add(what);
    }
  }

  async #searchSegment(
    { files }: FolderReader,
    name: string,
    add: (what: PersonTrace['what']) => void,
  ): Promise<void> {
    const file = await files.open(name);
    if (file === undefined) return;
    try {
      for await (const { ofPerson, ofOthers, unreadable } of searchSegment(file, this.person)) {
        this.read += ofPerson.length + ofOthers.length;
        for (const { id, json } of ofPerson) {
          add('event');
          this.#ids.add(id);
          this.#noteAlias(json);
        }
        for (const { json, entries = {} } of ofOthers) {
          if (this.person.isNamedIn(json + JSON.stringify(entries))) this.mentions++;
        }
        for (const _ of unreadable) add('unreadable');
      }
    } finally {
      await file.close();
    }
  }

  #noteAlias(json: string): void {
    const { type, userId, previousId } = JSON.parse(json) as EventJson;
    if (type !== 'alias') return;
    if (userId !== undefined) this.#joined.add(userId);
    if (previousId !== undefined) this.#joined.add(previousId);
  }
}
