import { Option } from 'commander';
import { cliMessages } from '../cli.messages.js';
import { onJournal } from '../command.js';
import { CSV_TITLES, FORMATS, linesIn, type Format } from '../export/formats.js';
import { openOutFile } from '../export/out-file.js';
import { FILTERS } from '../options/filters.js';
import { option, type OptionRow } from '../options/option.js';

const FORMAT_OPTION: OptionRow<Format> = {
  parser: () =>
    new Option('--format <format>', 'output format; kissmetrics is the JSON that KISSmetrics imports')
      .choices(FORMATS)
      .default('jsonl' satisfies Format),
};

/** Written at once, because a write for each event would cost more than the event. */
const GROUP_UNITS = 65_536;

/** `export`: events for other tools. */
export const exportEvents = onJournal({
  name: 'export',
  description: 'write events to a file or stdout, for other tools',
  options: {
    ...FILTERS,
    format: FORMAT_OPTION,
    out: option('--out <file>', 'output file, which only you can read; default: stdout'),
    force: option('--force', 'replace the output file if it exists'),
  },
  async run({ reader, terminal }, { format, out, force, ...filter }) {
    const file = out === undefined ? undefined : await openOutFile(out, force === true);
    const write = async (text: string): Promise<void> => await (file ?? terminal).write(text);
    let group = format === 'csv' ? CSV_TITLES : '';
    let written = 0;
    let declined = 0;
    try {
      for await (const event of reader.events(filter)) {
        // A replayed copy is the same event once more. Only the full record contains it.
        if (format === 'kissmetrics' && event.replay !== undefined) continue;
        const text = linesIn[format](event);
        if (text === undefined) {
          declined++;
          continue;
        }
        group += text;
        written++;
        if (group.length < GROUP_UNITS) continue;
        await write(group);
        group = '';
      }
      if (group !== '') await write(group);
      await file?.close();
    } catch (error) {
      await file?.discard();
      throw error;
    }
    if (declined > 0) terminal.tell(cliMessages.declinedByKissmetrics(declined));
    if (out !== undefined) terminal.tell(cliMessages.exported(written, out));
  },
});
