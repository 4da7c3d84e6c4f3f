/** Where the shop of the demo sends its events. */
export const PLATFORMS = ['kissmetrics', 'posthog'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** How much happens in the demo, and for how long. */
export const SHOPPERS = 300;
export const TRAFFIC_MS = 20_000;
/** Shoppers arrive during the first part of it. */
export const ARRIVAL_MS = 6_000;
/** The pause between two actions of one shopper; it notices the end of the traffic after such a pause. */
export const THINK_MS = { min: 300, max: 1_500 };
/** First PostHog cuts connections after it has stored the events: the shop does not know that, and sends them again. */
export const CUT = { platform: 'posthog', afterMs: 4_000, requests: 2 } as const;
export const OUTAGE = { platform: 'posthog', other: 'kissmetrics', afterMs: 8_000, seconds: 6 } as const;
/** During the outage one shop is killed when `pending` events are pending in it, and restarted after `downMs`. */
export const KILL = { afterMs: 10_000, pending: 20, patienceMs: 2_000, downMs: 300 };
/** How long a shop waits for a commit before it answers: the library's default. */
export const COMMIT_TIMEOUT_MS = 1_000;
/** A month of the subscription. */
export const BILLING_PERIOD_MS = 3_000;
/** The demo stops after this time, even if something hangs. */
export const DEADLINE_MS = 120_000;
/** How long a shop may take to shut down: slightly more than its own deadline. */
export const CLOSING_MS = 15_000;
/** The shop's stand-in at the local collector; PostHog's library has it in the name of its cookie. */
export const POSTHOG_KEY = 'phc_local';
