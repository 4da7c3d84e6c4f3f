import type { PosthogEvent } from './posthog-event.js';

/** An event in the form of v1. */
export interface V1Event extends PosthogEvent {
  readonly session_id?: string | undefined;
  readonly window_id?: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The same event, with members in place of the properties that `/batch/` interprets. A value of another type is left out. */
export function v1Event({ event, distinct_id, uuid, timestamp, properties }: PosthogEvent): V1Event {
  const taken = (name: string, type: 'string' | 'boolean'): unknown => {
    const value = properties[name];
    if (value !== undefined) properties[name] = undefined;
    return typeof value === type ? value : undefined;
  };
  return {
    event,
    distinct_id,
    uuid,
    timestamp,
    session_id: taken('$session_id', 'string') as string | undefined,
    window_id: taken('$window_id', 'string') as string | undefined,
    options: {
      process_person_profile: taken('$process_person_profile', 'boolean'),
      disable_skew_correction: taken('$ignore_sent_at', 'boolean'),
      cookieless_mode: taken('$cookieless_mode', 'boolean'),
      product_tour_id: taken('$product_tour_id', 'string'),
    },
    properties,
  };
}
