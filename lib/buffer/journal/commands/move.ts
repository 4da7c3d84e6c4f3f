import type { Files } from '../files/files.js';
import { unlessAbsent } from '../ownership/absence.js';
import { accountLabel, isSameAccount, type Accounts } from '../ownership/accounts.js';
import { ownerOf, writeMoved } from '../ownership/owner-file.js';
import type { CommandCounts, MovePayload } from './command-payloads.js';
import type { CommandWork } from './command-work.js';
import { Tally } from './tally.js';

/**
 * Releases what folders that we hold, or that nobody owns, have for an account that is not ours. Each folder says from then on
 * which account its lane belongs to. One of ours is given back and taken over anew: what is on its way of it at this moment may
 * be sent twice. Only who watches for a while knows that nobody owns a folder, so this is not left to the command line.
 */
export async function move(work: CommandWork, payload: MovePayload): Promise<CommandCounts> {
  const tally = new Tally();
  for (const folder of work.folders.all.filter((one) => one !== work.folders.own)) {
    const strangers = [...folder.names.strangers].filter(([, { account }]) =>
      isSameAccount(account, payload.from),
    );
    if (strangers.length === 0) continue;
    await writeMoved(
      work.files,
      folder.path,
      movedLanes(
        strangers.map(([, one]) => one.destination),
        payload,
      ),
    );
    for (const { orphans } of folder.segments)
      for (const [lane] of strangers) tally.add([lane], orphans.get(lane) ?? 0);
    await work.giveBack(folder);
  }
  const from = accountLabel(payload.from);
  for (const [path, rows] of work.unowned()) {
    // Somebody may have taken it over since.
    await unlessAbsent(moveIn(work.files, path, payload));
    for (const { destination, account, events } of rows)
      if (account === from && destination !== null) tally.add([destination], events ?? 0);
  }
  return tally.counts;
}

/** The same for a folder that nobody owns: whoever takes it over finds it so. */
export async function moveIn(files: Files, path: string, payload: MovePayload): Promise<void> {
  const owner = await ownerOf(files, path);
  if (typeof owner !== 'object') return;
  const lanes = Object.entries(owner.lanes).filter(([, account]) => isSameAccount(account, payload.from));
  if (lanes.length > 0)
    await writeMoved(
      files,
      path,
      movedLanes(
        lanes.map(([name]) => name),
        payload,
      ),
    );
}

const movedLanes = (names: readonly string[], { to }: MovePayload): Accounts =>
  Object.fromEntries(names.map((name) => [name, to]));
