import { objectOf, textOf, type UnknownObject } from '../event/json-values.js';
import type { TrackingEvent } from '../event/tracking-event.js';

type WithContext = Pick<TrackingEvent, 'context'>;

/** A text of an event's context, such as `userAgent`. */
export function contextText({ context }: WithContext, member: string): string | undefined {
  return textOf(context?.[member]);
}

/** The object `context.page`; empty if the event has none. */
export function pageOf({ context }: WithContext): UnknownObject {
  return objectOf(context?.['page']);
}

/**
 * The URL of the page that an event happened on: `context.page.url` as the application gave it, else `context.referrer`, which is
 * the page that called the API.
 */
export function pageUrl(event: WithContext): string | undefined {
  return textOf(pageOf(event)['url']) ?? contextText(event, 'referrer');
}

/** The five `utm_` fields of `context.campaign`. A field without a text is undefined. */
export function campaignFields({ context }: WithContext): Readonly<Record<string, string | undefined>> {
  const { source, medium, name, term, content } = objectOf(context?.['campaign']);
  return {
    utm_source: textOf(source),
    utm_medium: textOf(medium),
    utm_campaign: textOf(name),
    utm_term: textOf(term),
    utm_content: textOf(content),
  };
}
