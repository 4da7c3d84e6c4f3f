/** How much happens in the demo, and for how long. */
export const SHOPPERS = 300;
export const TRAFFIC_MS = 20_000;
/** Shoppers come in over the first part of it. */
export const ARRIVAL_MS = 6_000;
/** Between two actions of one shopper; also the most that it waits before it sees that the time is up. */
export const THINK_MS = { min: 300, max: 1_500 };
export const OUTAGE = { afterMs: 8_000, seconds: 6 };
/** In the middle of the outage one shop is killed, as soon as so many events wait in it, and started again after a while. */
export const KILL = { afterMs: 10_000, pending: 20, patienceMs: 2_000, downMs: 300 };
/**
 * `track()` has an event on disk about 20 ms after the call, plus whatever the disk and the machine take, on which here a
 * crowd, two shops and a collector run at once. An event that was answered for in so short a time before the kill, and that
 * nobody called committed, may be lost. Where committed events took longer than this, that time counts.
 */
export const UNWRITTEN_MS = 100;
/** How long a shop waits for a commit before it answers all the same: the library's default. */
export const COMMIT_TIMEOUT_MS = 1_000;
/** A month of the subscription. */
export const BILLING_PERIOD_MS = 3_000;
/** Whatever hangs: the demo ends, and says so. */
export const DEADLINE_MS = 120_000;
/** How long a shop may drain, a little more than its own deadline. */
export const CLOSING_MS = 15_000;
