import { counted } from '../../event/counted.js';
import type { JournalEvent } from '../../buffer/journal/reader/journal-event.js';
import type { KeptLetter } from '../../buffer/journal/reader/letter-outcomes.js';
import { cliMessages } from '../cli.messages.js';
import { reading } from '../command.js';
import { endText, eventWithBrowserIds, eventWithEnds } from '../output/event-row.js';
import { safeJson, safeText } from '../output/safe-text.js';

/** `show <id>`: one event and its outcomes. */
export const show = reading({
  name: 'show',
  description: 'show one event and its outcomes',
  argument: '<id>',
  async run({ reader, terminal, json }, _options, [id = '']) {
    const filter = { ids: [id.toLowerCase()] };
    let found = false;
    for await (const event of reader.events(filter)) {
      found = true;
      await (json ? terminal.writeJson(eventWithEnds(event)) : terminal.write(textOf(event)));
    }
    for await (const letter of reader.deadLetters(filter)) {
      found = true;
      await (json ? terminal.writeJson(letterJson(letter)) : terminal.write(letterText(letter)));
    }
    if (!found) throw new Error(cliMessages.notFound(id));
  },
});

/** A dead letter as `--json` has it. */
export function letterJson(letter: KeptLetter): object {
  const { lane, reason, attempts, answer, at } = letter;
  const event = eventWithBrowserIds(letter);
  return { event, destination: lane, reason, attempts, answer, at: new Date(at).toISOString() };
}

function textOf(event: JournalEvent): string {
  const { ends, folder, segment, record, replay } = event;
  const lines = ends.map((end) => {
    const text = `  ${endText(end)}`;
    return end.at === undefined ? text : `${text} since ${new Date(end.at).toISOString()}`;
  });
  return [
    safeJson(eventWithBrowserIds(event), 2),
    ...lines.map(safeText),
    ...(replay === undefined ? [] : [safeText(`  a copy, made by replay ${replay}`)]),
    safeText(`  in ${folder.group}/${folder.origin}/${segment}.jsonl, number ${record.seq}`),
    '',
  ].join('\n');
}

function letterText({ lane, reason, attempts, answer, at }: KeptLetter): string {
  const times = counted(attempts, 'attempt');
  const said = answer === undefined ? '' : `\n  answer: ${safeText(answer)}`;
  const when = new Date(at).toISOString();
  return safeText(`  dead letter of ${lane}: ${reason} after ${times}, at ${when}`) + `${said}\n`;
}
