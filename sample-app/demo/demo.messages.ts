import { SHOPPERS, TRAFFIC_MS } from './settings.js';
import { count } from './table.js';

export function began(collector: string, shops: readonly string[], seed: number): string {
  return `The shop runs in two processes, which share one journal:
  ${shops.join(' and ')}
Its events go to KISSmetrics and PostHog. A local collector stands in for both:
  ${collector}
${SHOPPERS} shoppers use the shop for ${TRAFFIC_MS / 1_000} s (DEMO_SEED=${seed} repeats their choices).
`;
}

const TIME = 6;
const COLUMN = 10;
const GAP = ' '.repeat(6);

/** The head of the lines of {@link progressLine}. */
export function progressHead(titles: readonly string[]): string {
  const names = titles.map((title) => title.padStart(2 * COLUMN));
  const columns = titles.map(() => 'arrived'.padStart(COLUMN) + 'pending'.padStart(COLUMN));
  return [' '.repeat(TIME) + names.join(GAP), 'time'.padStart(TIME) + columns.join(GAP)].join('\n');
}

export function progressLine(
  seconds: number,
  platforms: readonly { readonly arrived: number; readonly pending: number }[],
): string {
  const cell = (value: number): string => value.toLocaleString('en').padStart(COLUMN);
  const cells = platforms.map(({ arrived, pending }) => cell(arrived) + cell(pending));
  return `${seconds} s`.padStart(TIME) + cells.join(GAP);
}

export function cutting(title: string, requests: number): string {
  return `  --- ${title} stores the events of ${requests} requests, and cuts the connection.`;
}

export function down(title: string, seconds: number): string {
  return `  --- ${title} is down for ${seconds} s.`;
}

export function killing(name: string, pending: number): string {
  return `  --- ${name} is killed (SIGKILL), with ${count(pending, 'pending event')}.`;
}

export function restarted(name: string): string {
  return `  --- ${name} is running again, on the same journal.`;
}

export const CLOSING = '\nBoth shops get SIGTERM. They deliver their pending events, then exit.';
