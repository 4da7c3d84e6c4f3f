import type { Route } from '../src/tracking/routes.js';

/** Where a running sample can be reached. */
export interface Opened {
  readonly shop: string;
  /** Undefined where all events go to real hosts. */
  readonly collector: string | undefined;
  readonly routes: readonly Route[];
  readonly password: string;
  readonly journal: string;
  /** What the command line needs to find the journal, with a leading space; empty for the default. */
  readonly directoryOption: string;
}

export function opened({ shop, collector, routes, password, journal, directoryOption }: Opened): string {
  const named = (local: boolean): string =>
    routes
      .filter(({ endpoint }) => (endpoint !== undefined) === local)
      .map(({ name }) => name)
      .join(', ');
  const real = named(false);
  return [
    '',
    `  Shop        ${shop}`,
    `              the admin is admin@shop.example, password ${password}`,
    ...(collector ? [`  Collector   ${collector}`, `              shows the events for ${named(true)}`] : []),
    ...(real ? [`  Real hosts  of ${real}, because their credentials are set`] : []),
    `  Accounting  ${shop}/admin/tracking`,
    '              `stats()`; sign in at the shop as the admin first',
    `  Journal     ${journal}`,
    '              the events on disk; to look inside, run in a second terminal:',
    `              npx nestjs-tracking status${directoryOption}`,
    '',
    '  Press Ctrl-C to stop.',
    '',
  ].join('\n');
}

export const SHUTDOWN = '\nThe shop delivers its pending events, then exits.';
