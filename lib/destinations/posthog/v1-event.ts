import type { PosthogEvent } from './posthog-event.js';

/** Properties that v1 takes as options of an event, with their names and types there. */
const OPTIONS = [
  ['$process_person_profile', 'process_person_profile', 'boolean'],
  ['$ignore_sent_at', 'disable_skew_correction', 'boolean'],
  ['$cookieless_mode', 'cookieless_mode', 'boolean'],
  ['$product_tour_id', 'product_tour_id', 'string'],
] as const;

/** An event in the form of v1. */
export interface V1Event extends PosthogEvent {
  readonly session_id?: string;
  readonly window_id?: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The same event with members of its own for what `/batch/` takes among the properties. */
export function v1Event({ properties: all, ...event }: PosthogEvent): V1Event {
  const options: Record<string, unknown> = {};
  for (const [property, name, type] of OPTIONS) {
    if (typeof all[property] === type) options[name] = all[property];
  }
  const {
    $session_id: session,
    $window_id: window,
    $process_person_profile: _profile,
    $ignore_sent_at: _skew,
    $cookieless_mode: _mode,
    $product_tour_id: _tour,
    ...properties
  } = all;
  return {
    ...event,
    ...(typeof session === 'string' && { session_id: session }),
    ...(typeof window === 'string' && { window_id: window }),
    options,
    properties,
  };
}
