import type { AccountTrouble } from '../../buffer/journal/ownership/pauses.js';
import { isSameAccount } from '../../buffer/journal/ownership/accounts.js';
import type { FolderView } from '../../buffer/journal/reader/folder-view.js';
import { cliMessages } from '../cli.messages.js';
import { ageText } from './quantities.js';
import { safeText } from './safe-text.js';

/** Why a destination delivers nothing, as stored by its process. */
export type LaneTroubles = ReturnType<typeof troublesOf>;

/** The newest trouble of a destination's accounts in some folders. */
export function troublesOf(
  destination: string,
  folders: readonly FolderView[],
  troubles: readonly AccountTrouble[],
) {
  const accounts = folders.flatMap(({ lanes }) => lanes[destination] ?? []);
  const [newest] = troubles
    .filter(({ account }) => accounts.some((own) => isSameAccount(own, account)))
    .toSorted((a, b) => b.at - a.at);
  const { parked = null, lastRefusal = null } = newest ?? {};
  return {
    parked: parked && { reason: parked.reason, since: timeText(parked.at) },
    lastRefusal: lastRefusal && { ...lastRefusal, at: timeText(lastRefusal.at) },
  };
}

/** The same for a person; `isRunning`: an application with the destination runs. */
export function troubleLines(
  destination: string,
  { parked, lastRefusal }: LaneTroubles,
  isRunning: boolean,
  now: number,
): string[] {
  const ageOf = (at: string): string => ageText(now - Date.parse(at));
  const lines: string[] = [];
  if (parked !== null)
    lines.push(cliMessages.laneParked(destination, parked.reason, ageOf(parked.since), isRunning));
  if (lastRefusal !== null && lastRefusal.count > 0) {
    const { count, answer, at } = lastRefusal;
    lines.push(cliMessages.laneRefused(destination, count, answer, ageOf(at), parked === null));
  }
  return lines.map((line) => `${safeText(line)}\n`);
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
