import { counted, eventsOf } from '../../event/counted.js';
import { relative } from 'node:path';
import type { Denied } from '../../buffer/journal/ownership/denied.js';
import type { Damage } from '../../buffer/journal/reader/verify.js';
import { EXIT, tellOmitted } from '../session.js';
import { cliMessages } from '../cli.messages.js';
import { onJournal } from '../command.js';
import { Listing } from '../output/listing.js';
import { bytesText, count } from '../output/quantities.js';
import type { Column } from '../output/table.js';

const COLUMNS: readonly Column[] = [
  { title: 'WHAT', width: 8 },
  { title: 'OFFSET', width: 9, right: true },
  { title: 'BYTES', width: 9, right: true },
  { title: 'LINES', width: 5, right: true },
  { title: 'FILE' },
];

/** `verify`: reads every line. Ends with 1 if a line is damaged or a file unknown. A tail that a crash tore is neither. */
export const verify = onJournal({
  name: 'verify',
  description:
    'read every record of every folder, and list damage and unknown files (exits with 1 if there are any)',
  async run(session) {
    const { reader, terminal, json, exit } = session;
    const damages = new Listing<Damage>(
      session,
      { columns: COLUMNS, cells: cellsOf, json: (one) => one },
      Infinity,
    );
    const denied: Denied[] = [];
    let [damaged, torn, unknown] = [0, 0, 0];
    const verdicts = await reader
      .omitting((one) => denied.push(one))
      .verify(async (damage) => {
        await damages.write(damage);
        if (damage.what === 'torn') torn++;
        else if (damage.what === 'unknown') unknown++;
        else damaged++;
      });
    for (const { path, code } of denied) {
      const file = relative(reader.directory, path);
      await damages.write({ folder: '', offset: 0, bytes: 0, file, what: 'unreadable', code });
    }
    if (damaged + unknown + denied.length > 0) exit(EXIT.found);
    const sum = { folders: verdicts.length, segments: 0, events: 0, erased: 0, bytes: 0 };
    for (const { verdict } of verdicts) {
      sum.segments += verdict.segments;
      sum.events += verdict.events;
      sum.erased += verdict.erased;
      sum.bytes += verdict.bytes;
    }
    if (json) {
      await terminal.writeJson({ ...sum, damaged, torn, unknown, unreadable: denied.length });
      return;
    }
    await terminal.write(
      `${eventsOf(sum.events)} in ${counted(sum.segments, 'segment')} of ${counted(sum.folders, 'folder')} read (${bytesText(sum.bytes)}), ` +
        `${count(damaged)} damaged, ${count(torn)} torn by a crash, ${count(sum.erased)} erased, ${counted(unknown, 'unknown file')}, ` +
        `${count(denied.length)} unreadable\n`,
    );
    if (unknown > 0) terminal.tell(cliMessages.unknownFiles());
    for (const one of denied) tellOmitted(session, one);
  },
});

function cellsOf({ what, offset, bytes, lines, folder, file }: Damage): string[] {
  return [
    what,
    String(offset),
    String(bytes),
    lines === undefined ? '' : String(lines),
    folder === '' ? file : `${folder}/${file}`,
  ];
}
