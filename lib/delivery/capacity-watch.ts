const WINDOW_MS = 60_000;
/** Weight of the newest round trip in the running mean. */
const SMOOTHING = 0.1;

/**
 * Knows what a lane can deliver: events in flight divided by the round trip. Tells once when more than that came in for a
 * whole minute; a lane of one event per request at a distant host reaches it soonest.
 */
export class CapacityWatch {
  #roundTripMs = 0;
  #windowStart: number;
  #intakeAtStart = 0;
  #told = false;

  constructor(
    /** Events that may be under way at once. */
    private readonly inFlight: number,
    now: number,
    private readonly tell: (intakePerSecond: number, capacityPerSecond: number) => void,
  ) {
    this.#windowStart = now;
  }

  /** Events per second, or null while nothing was delivered yet. */
  get perSecond(): number | null {
    return this.#roundTripMs === 0 ? null : Math.round((this.inFlight * 1_000) / this.#roundTripMs);
  }

  /**
   * A round trip ended well.
   *
   * @param intake tells the events that came into the lane so far
   */
  roundTrip(ms: number, now: number, intake: () => number): void {
    const measured = Math.max(ms, 0.1);
    this.#roundTripMs += this.#roundTripMs === 0 ? measured : (measured - this.#roundTripMs) * SMOOTHING;
    const elapsed = now - this.#windowStart;
    if (elapsed < WINDOW_MS) return;
    const total = intake();
    const intakePerSecond = Math.round(((total - this.#intakeAtStart) * 1_000) / elapsed);
    this.#windowStart = now;
    this.#intakeAtStart = total;
    if (this.#told || intakePerSecond <= this.perSecond!) return;
    this.#told = true;
    this.tell(intakePerSecond, this.perSecond!);
  }
}
