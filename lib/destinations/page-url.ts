import type { TrackingEvent } from '../event/tracking-event.js';

/**
 * The URL of the page that an event happened on: `context.page.url` as the application gave it, else `context.referrer`, which is
 * the page that called the API.
 */
export function pageUrl({ context }: Pick<TrackingEvent, 'context'>): string | undefined {
  const page = context?.['page'];
  const url =
    typeof page === 'object' && page !== null && !Array.isArray(page) ? page['url' as never] : undefined;
  return textOf(url) ?? textOf(context?.['referrer']);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
