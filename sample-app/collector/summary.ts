import type { CollectorStats } from './ledger.js';

/** The sentence below the table of the page, which runs it in the browser: it must not use anything from outside. */
export function summary(
  stats: Pick<CollectorStats, 'properties' | 'aliases' | 'invalid'> & { failed: number },
): string {
  const count = (number: number, one: string, many: string): string =>
    `${number.toLocaleString('en')} ${number === 1 ? one : many}`;
  const received = [
    count(stats.properties.counted, 'property of a person', 'properties of people'),
    count(stats.aliases.counted, 'alias', 'aliases'),
    count(stats.invalid, 'invalid request', 'invalid requests') +
      (stats.invalid > 0 ? ' (listed at /_collector/invalid)' : ''),
  ];
  const failed =
    stats.failed === 0
      ? ''
      : ` ${count(stats.failed, 'request', 'requests')} failed during outages; the shop retries them.`;
  return `Also received: ${received.join(', ')}.${failed}`;
}
