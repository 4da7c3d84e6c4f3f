import { readFileSync } from 'node:fs';
import type { Destination } from '../../../lib/destinations/destination.js';
import type { JsonObject, TrackingEvent } from '../../../lib/event/tracking-event.js';
import { PACKAGE_VERSION } from '../../../lib/host/package-version.js';
import { anEvent, inLane, NEW_YEAR } from '../an-event.js';
import { outcomesOf } from '../outcomes-of.js';

/** One message, as a platform's example has it. */
type Documented = Omit<TrackingEvent, 'id' | 'timestamp' | 'properties'> & {
  readonly messageId: string;
  readonly event?: string;
  readonly timestamp: string;
  readonly properties?: JsonObject;
  readonly traits?: JsonObject;
};

interface Body {
  readonly batch?: readonly Documented[];
}

export interface Exchange {
  readonly name: string;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: Body & JsonObject;
  };
  readonly responses: readonly {
    readonly case: string;
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: JsonObject;
    readonly body_text?: string;
    readonly expect: { readonly outcomes?: readonly string[]; readonly request?: string };
  }[];
}

/** The examples of a platform whose requests have several messages. */
export function exchangesOf(platform: string): Exchange[] {
  const path = new URL(`../${platform}/${platform}.fixture.json`, import.meta.url);
  return (JSON.parse(readFileSync(path, 'utf8')) as { exchanges: Exchange[] }).exchanges;
}

/** The events that a documented request is made of. */
export function eventsOf({ request }: Exchange): TrackingEvent[] {
  return (request.body?.batch ?? []).map((message) => {
    const { library: _, ...context } = message.context ?? {};
    return anEvent({
      ...message,
      userId: undefined,
      ...(message.userId !== undefined && { userId: message.userId }),
      id: message.messageId,
      name: message.event ?? message.type,
      timestamp: Date.parse(message.timestamp),
      properties: message.properties ?? message.traits ?? {},
      context,
    } as TrackingEvent);
  });
}

/** The documented body, with our library in each context. */
export function documentedBody({ request }: Exchange): JsonObject {
  const library = { name: 'nestjs-tracking', version: PACKAGE_VERSION };
  const batch = request.body!.batch!.map((message) => ({
    ...message,
    context: { ...message.context, library },
  }));
  return { ...request.body, batch } as unknown as JsonObject;
}

/** The request for the events of an example. The attempt is at the time of the example. */
export function requestOf(destination: Destination, events: readonly TrackingEvent[]) {
  const batch = events.map((event) => inLane(event));
  const { method, url, headers, body, compress } = destination.encode(batch, {
    now: NEW_YEAR + 5_000,
    number: 1,
  });
  return { method, url, headers: headers!, compress, body: JSON.parse(body as string) as JsonObject };
}

/** The delivery's outcomes for a documented answer. */
export function readingOf(
  destination: Destination,
  { status, headers = {}, body, body_text }: Exchange['responses'][number],
  events: readonly TrackingEvent[],
): string[] {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const answer = {
    status,
    headers: Object.fromEntries(lower) as Record<string, string>,
    body: body_text ?? (body === undefined ? '' : JSON.stringify(body)),
  };
  return outcomesOf(
    destination,
    answer,
    events.map((event) => inLane(event)),
  );
}
