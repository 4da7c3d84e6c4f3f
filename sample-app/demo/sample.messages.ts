/** Where a running sample can be reached. */
export interface Opened {
  readonly shop: string;
  /** Undefined where the shop sends elsewhere. */
  readonly collector: string | undefined;
  /** Where it sends without a collector; undefined: the real host. */
  readonly endpoint: string | undefined;
  readonly password: string;
  readonly journal: string;
  /** What the command line needs to find the journal, with a leading space; empty for the default. */
  readonly directoryOption: string;
}

export function opened({ shop, collector, endpoint, password, journal, directoryOption }: Opened): string {
  const destination = collector
    ? `Collector   ${collector}   stands in for KISSmetrics and shows each event that arrives`
    : `Events go to ${endpoint ?? 'KISSmetrics, the real host'}`;
  return `
  Shop        ${shop}   the admin is admin@shop.example, password ${password}
  ${destination}
  Accounting  ${shop}/admin/tracking   \`stats()\`; sign in at the shop as the admin first
  Journal     ${journal}   the events on disk; to look inside, run in a second terminal:

      npx nestjs-tracking status${directoryOption}

  Press Ctrl-C to stop.
`;
}

export const SHUTDOWN = '\nThe shop delivers its pending events, then exits.';
