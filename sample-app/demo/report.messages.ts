import type { Unsure } from './audit.js';
import { count } from './table.js';

const WIDTH = 80;

export const agreed =
  'All accounts agree: 0 lost, 0 counted twice. Every event arrived, for the right\nperson and in the right second.';

export function disagreed(lost: number, doubled: number, differences: number): string {
  return `The accounts DO NOT agree: ${lost} lost, ${doubled} counted twice, ${count(differences, 'difference')}.`;
}

/** A paragraph of a list, 80 columns wide. */
export function item(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!;
    if (line !== '' && line.length + word.length + 5 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `  - ${lines.join('\n    ')}`;
}

export const moreDetails = 'For the accounts in detail: npm run demo -- --details';

export function stillPending(title: string, pending: number): string {
  return (
    `${title}: ${count(pending, 'event was', 'events were')} still pending when the shops closed. ` +
    `The column "lost" includes those, but they are not lost: they are in the journal, from which the next start delivers them.`
  );
}

export function continued(
  down: string,
  seconds: number,
  other: string,
  events: number,
  halfMs: number,
  beforeMs: number,
): string {
  return (
    `${down} was down for ${seconds} s. ${other} got ${count(events, 'event')} from its first seconds, before the kill, ` +
    `half of them at most ${halfMs.toLocaleString('en')} ms after the shop's answer. Before the outage, it was ${beforeMs.toLocaleString('en')} ms.`
  );
}

export function killed(name: string, pending: number, recovered: number, adopted: number): string {
  return (
    `${name} was killed with SIGKILL while ${count(pending, 'event was', 'events were')} pending in it. From its journal, ` +
    `the restarted process took over ${count(recovered, 'event')}, and the other shop ${recovered === 0 ? count(adopted, 'event') : adopted.toLocaleString('en')}.`
  );
}

interface Uncertain extends Readonly<Record<'unwritten' | 'cut off', Unsure>> {
  readonly title: string;
}

export function unwritten(ms: number, platforms: readonly Uncertain[]): string {
  return (
    `The last commit that the shop confirmed was asked for ${ms.toLocaleString('en')} ms before the kill. Later events may not have been on disk. ` +
    `${arrivedAt(platforms, 'unwritten')}`
  );
}

export function cutOff(platforms: readonly Uncertain[]): string {
  return (
    'The kill cut off requests before their answer, so nobody knows whether their events were recorded. ' +
    `${arrivedAt(platforms, 'cut off')}`
  );
}

function arrivedAt(platforms: readonly Uncertain[], of: 'unwritten' | 'cut off'): string {
  const parts = platforms.map(
    (each) =>
      `${each[of].arrived.toLocaleString('en')} of ${each[of].total.toLocaleString('en')} at ${each.title}`,
  );
  return `Arrived: ${parts.join(', ')}.`;
}

export function onlyAliases(title: string, events: number): string {
  return `${title} has ${count(events, 'event')} more: the aliases of sign-ups, which only it needs.`;
}

export function repeated(crossed: number): string {
  return (
    `Repeats are events that a platform received again, recognised, and did not count. ` +
    `${count(crossed, 'payment was', 'payments were')} submitted to both shops, and a shop sends an event again if the answer did not arrive.`
  );
}

export const accountsOfShops =
  'The calls in the final `stats()` of the two shops, and the calls expected from\nwhat the shoppers did:';

export function eventsAt(title: string): string {
  return `${title}, by event:`;
}

export function shopSays(who: string, what: string, got: number, expected: number): string {
  return `${who}: \`stats()\` has ${got} ${what}, expected ${expected}.`;
}

export function tooFewTakenOver(platform: string, takenOver: number, least: number): string {
  return `${platform}: ${count(takenOver, 'event was', 'events were')} taken over from the journal, expected at least ${least}.`;
}
