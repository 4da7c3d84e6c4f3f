import type { Files } from '../files/files.js';
import { unlessAbsent } from '../files/absence.js';
import { accountLabel, isSameAccount, type Accounts } from '../ownership/accounts.js';
import { ownerOf, writeMoved } from '../ownership/owner-file.js';
import { Tally, type CommandCounts, type CommandPayloads } from '../query/command-payloads.js';
import type { Execution } from './execution.js';

type Payload = CommandPayloads['move'];

/**
 * Moves the pending events of an account to another one, in folders that we hold for other lanes and in folders without an owner.
 * One of our folders is given back and adopted again: its events that are being sent may be sent twice.
 */
export async function move({ work }: Execution, payload: Payload): Promise<CommandCounts> {
  const { files, folders, stranded, givingBack } = work;
  const tally = new Tally();
  for (const folder of folders.all.filter((one) => one !== folders.own)) {
    const strangers = [...folder.names.strangers].filter(([, { account }]) =>
      isSameAccount(account, payload.from),
    );
    if (strangers.length === 0) continue;
    const names = strangers.map(([, { destination }]) => destination);
    await writeMoved(files, folder.path, movedLanes(names, payload));
    for (const { orphans } of folder.segments) {
      for (const [lane] of strangers) tally.add([lane], orphans.get(lane) ?? 0);
    }
    await givingBack.of(folder);
  }
  const from = accountLabel(payload.from);
  for (const [path, rows] of stranded.unowned) {
    // Another process may have adopted it since.
    await unlessAbsent(moveIn(files, path, payload));
    for (const { destination, account, events } of rows) {
      if (account === from && destination !== null) tally.add([destination], events ?? 0);
    }
  }
  return tally.counts;
}

/** Moves events in a folder without an owner. The next owner reads the change. */
export async function moveIn(files: Files, path: string, payload: Payload): Promise<void> {
  const owner = await ownerOf(files, path);
  if (typeof owner !== 'object') return;
  const lanes = Object.entries(owner.lanes).filter(([, account]) => isSameAccount(account, payload.from));
  const names = lanes.map(([name]) => name);
  if (names.length > 0) await writeMoved(files, path, movedLanes(names, payload));
}

const movedLanes = (names: readonly string[], { to }: Payload): Accounts =>
  Object.fromEntries(names.map((name) => [name, to]));
