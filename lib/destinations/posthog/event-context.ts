import type { LaneEvent } from '../../event/lane-event.js';
import type { JsonValue } from '../../event/tracking-event.js';
import { pageUrl } from '../page-url.js';

/** Properties of an event that is being built. */
export type Properties = Record<string, unknown>;

/** Members of `context.campaign`, and the properties that PostHog reports campaigns by. */
const CAMPAIGN = [
  ['source', 'utm_source'],
  ['medium', 'utm_medium'],
  ['name', 'utm_campaign'],
  ['term', 'utm_term'],
  ['content', 'utm_content'],
] as const;

/** Adds the browser's session and the context that PostHog has names for. Properties of the application are kept. */
export function addContext(properties: Properties, { event, browser }: LaneEvent): void {
  if (browser?.sessionId !== undefined) add(properties, '$session_id', String(browser.sessionId));
  const { context } = event;
  if (context !== undefined) {
    add(properties, '$current_url', pageUrl(event));
    add(properties, '$raw_user_agent', context['userAgent']);
    add(properties, '$ip', context['ip']);
    const campaign = context['campaign'];
    if (typeof campaign === 'object' && campaign !== null) {
      for (const [name, property] of CAMPAIGN) add(properties, property, (campaign as Members)[name]);
    }
  }
  // PostHog takes the address of the request, which is our server's, for the person's.
  if (!('$ip' in properties)) properties['$geoip_disable'] ??= true;
}

type Members = Readonly<Record<string, JsonValue>>;

function add(properties: Properties, name: string, value: unknown): void {
  if (typeof value === 'string' && value !== '') properties[name] ??= value;
}
