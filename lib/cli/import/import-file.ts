import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parsedJson } from '../../event/json-values.js';
import { codeOf } from '../../buffer/journal/files/absence.js';
import { importedEvent, type ImportedEvent } from '../../buffer/journal/query/imported-event.js';
import { cannotRead, notImportable } from '../cli.messages.js';

/** The events of a file of `export --format jsonl`, in order. @throws Error for the first invalid line */
export async function* importedEvents(path: string): AsyncGenerator<ImportedEvent> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() === '') continue;
      const event = importedEvent(parsedJson(line));
      if (event === undefined) throw new Error(notImportable(number));
      yield event;
    }
  } catch (error) {
    const code = codeOf(error);
    throw code === undefined ? error : new Error(cannotRead(path, code));
  }
}
