import type { LaneEvent } from '../../event/lane-event.js';
import type { JsonValue } from '../../event/tracking-event.js';
import { pageUrl } from '../page-url.js';

/** Properties of an event that is being built. Members that are undefined are not sent. */
export type Properties = Record<string, unknown>;

/** The browser's session and the context that PostHog has names for. */
export function contextProperties({ event, browser }: LaneEvent): Properties | undefined {
  const session = browser?.sessionId;
  const { context } = event;
  if (session === undefined && context === undefined) return undefined;
  const ip = textOf(context?.['ip']);
  return {
    $session_id: session === undefined ? undefined : String(session),
    $current_url: pageUrl(event),
    $raw_user_agent: textOf(context?.['userAgent']),
    $ip: ip,
    ...campaignProperties(context?.['campaign']),
  };
}

function campaignProperties(campaign: JsonValue): Properties | undefined {
  if (typeof campaign !== 'object' || campaign === null) return undefined;
  const { source, medium, name, term, content } = campaign as Readonly<Record<string, JsonValue>>;
  return {
    utm_source: textOf(source),
    utm_medium: textOf(medium),
    utm_campaign: textOf(name),
    utm_term: textOf(term),
    utm_content: textOf(content),
  };
}

function textOf(value: JsonValue): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
