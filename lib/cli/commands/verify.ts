import type { Damage } from '../../buffer/journal/reader/damage.js';
import { EXIT } from '../cli-error.js';
import { unknownFiles } from '../cli.messages.js';
import { bytesText, count } from '../output/quantities.js';
import { safeJson } from '../output/safe-text.js';
import { RowWriter, type Column } from '../output/table.js';
import type { Program } from '../program.js';

const COLUMNS: readonly Column[] = [
  { title: 'WHAT', width: 8 },
  { title: 'OFFSET', width: 9, right: true },
  { title: 'BYTES', width: 9, right: true },
  { title: 'LINES', width: 5, right: true },
  { title: 'SET ASIDE', width: 9 },
  { title: 'FILE' },
];

/**
 * `verify`: reads every line. Ends with 1 where something is damaged, or a file is unknown, which may be a segment that
 * nobody reads; a tail that a crash tore is neither.
 */
export function addVerify(program: Program): void {
  const command = program
    .command('verify')
    .description(
      'read every record of every folder, and say what is damaged or unknown (then it exits with 1)',
    );
  program.action(command, async ({ reader, terminal, json, exit }) => {
    const rows = new RowWriter(COLUMNS, Number.POSITIVE_INFINITY);
    let damaged = 0;
    let torn = 0;
    let unknown = 0;
    let unreadable = 0;
    const verdicts = await reader.verify(async (damage) => {
      if (damaged + torn + unknown + unreadable === 0 && !json) await terminal.write(rows.titles());
      if (damage.what === 'torn') torn++;
      else if (damage.what === 'unknown') unknown++;
      else if (damage.what === 'unreadable') unreadable++;
      else damaged++;
      await terminal.write(json ? `${safeJson(damage)}\n` : rows.row(cellsOf(damage)));
    });
    if (damaged + unknown + unreadable > 0) exit(EXIT.found);
    const sum = { folders: verdicts.length, segments: 0, events: 0, erased: 0, bytes: 0 };
    for (const { verdict } of verdicts) {
      sum.segments += verdict.segments;
      sum.events += verdict.events;
      sum.erased += verdict.erased;
      sum.bytes += verdict.bytes;
    }
    if (json) {
      await terminal.write(`${safeJson({ ...sum, damaged, torn, unknown, unreadable })}\n`);
      return;
    }
    await terminal.write(
      `${count(sum.events)} events in ${count(sum.segments)} segments of ${count(sum.folders)} folders read (${bytesText(sum.bytes)}), ` +
        `${count(damaged)} damaged, ${count(torn)} torn by a crash, ${count(sum.erased)} erased, ${count(unknown)} unknown files, ` +
        `${count(unreadable)} unreadable folders\n`,
    );
    if (unknown > 0) terminal.tell(unknownFiles());
  });
}

function cellsOf({ what, offset, bytes, lines, setAside, folder, file }: Damage): string[] {
  return [
    what,
    String(offset),
    String(bytes),
    lines === undefined ? '' : String(lines),
    setAside ? 'yes' : '',
    `${folder}/${file}`,
  ];
}
