/** How much happens in the demo, and for how long. */
export const SHOPPERS = 300;
export const TRAFFIC_MS = 20_000;
/** Shoppers come in over the first part of it. */
export const ARRIVAL_MS = 6_000;
/** Between two actions of one shopper; also the most that it waits before it sees that the time is up. */
export const THINK_MS = { min: 300, max: 1_500 };
export const OUTAGE = { afterMs: 8_000, seconds: 5 };
/** A month of the subscription. */
export const BILLING_PERIOD_MS = 3_000;
/** Whatever hangs: the demo ends, and says so. */
export const DEADLINE_MS = 90_000;
/** How long a shop may drain, a little more than its own deadline. */
export const CLOSING_MS = 15_000;
