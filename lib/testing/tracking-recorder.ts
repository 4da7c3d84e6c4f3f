import type { CallEnd, Observer } from '../capture/call-end.js';
import type { Reason } from '../event/reasons.js';
import type { EventType, TrackingEvent } from '../event/tracking-event.js';
import type { RecordedName } from '../plan/planned.js';
import { OpenResponses } from './open-responses.js';
import { systemClock } from '../host/clock.js';
import { turn } from './real-time.js';
import { testingMessages } from './testing.messages.js';

/** A call that recorded no event, with the reason. */
export interface RefusedCall {
  readonly state: 'rejected' | 'suppressed' | 'duplicate';
  /** Absent for a duplicate. */
  readonly reason?: Reason;
  /** The event's name, if known. */
  readonly name?: string;
  readonly type?: EventType;
  /** The code that made the call, such as `OrdersController.create`, if known. */
  readonly source?: string;
  /** The event that was not recorded, if one was made. */
  readonly event?: TrackingEvent;
  /** The error that an option function or hook threw. */
  readonly error?: unknown;
}

const WAIT_MS = 5_000;

/** A runner may load a module twice, for a test file and its setup, so `instanceof` is not reliable. */
const BRAND = Symbol.for('nestjs-tracking.TrackingRecorder');

/** Whether it is a recorder, also of another copy of this package. */
export function isRecorder(value: unknown): value is TrackingRecorder {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/**
 * The events that an application has recorded. Complete as soon as `track()` returns, without a flush. Get it with
 * `trackingRecorder(app)`.
 */
export class TrackingRecorder implements Observer {
  get [BRAND](): true {
    return true;
  }

  #events: TrackingEvent[] = [];
  #refused: RefusedCall[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #responses = new OpenResponses();

  /** Accepted events of every type, in order. */
  get events(): readonly TrackingEvent[] {
    return [...this.#events];
  }

  /** The event accepted last; undefined when there is none. */
  get last(): TrackingEvent | undefined {
    return this.#events.at(-1);
  }

  /** Calls that recorded no event: rejected, suppressed or duplicate. */
  get refused(): readonly RefusedCall[] {
    return [...this.#refused];
  }

  /** Accepted events of one name; `identify`, `group` and `alias` are the names of those types. A registered plan knows the others. */
  named(name: RecordedName): readonly TrackingEvent[] {
    return this.#events.filter((event) => event.name === name);
  }

  /** Forgets all events, for the next test. Used keys stay used. */
  clear(): void {
    this.#events = [];
    this.#refused = [];
  }

  /**
   * Resolves when every HTTP request to the application is answered and its events are decided, because a client may
   * have its answer before that. It does not wait for other work or for time to pass.
   */
  async settled(): Promise<void> {
    do {
      await this.#responses.allClosed();
      await turn();
      await turn();
    } while (this.#responses.count > 0);
  }

  /**
   * Resolves to the first event of a name, recorded before or after the call: for work that continues after the answer.
   *
   * @param timeoutMs real milliseconds after which it rejects; default 5,000
   */
  async waitFor(
    name: RecordedName,
    { timeoutMs = WAIT_MS }: { readonly timeoutMs?: number | undefined } = {},
  ): Promise<TrackingEvent> {
    const find = (): TrackingEvent | undefined => this.#events.find((event) => event.name === name);
    const found = find();
    if (found !== undefined) return found;
    return new Promise((resolve, reject) => {
      const end = (): void => {
        timer.cancel();
        this.#waiting.delete(look);
      };
      const look = (): void => {
        const event = find();
        if (event === undefined) return;
        end();
        resolve(event);
      };
      const timer = systemClock.after(timeoutMs, () => {
        end();
        reject(new Error(testingMessages.neverTracked(name, timeoutMs, this.#events, this.#refused)));
      });
      this.#waiting.add(look);
    });
  }

  /** For the test kit. */
  saw({ state, reason, name, type, source, event, error }: CallEnd): void {
    if (state === 'accepted') {
      // A plain copy: tests should compare and print no instance of an internal class.
      this.#events.push({ ...event! });
      for (const look of this.#waiting) look();
      return;
    }
    this.#refused.push({
      state,
      ...(reason !== undefined && { reason }),
      ...(typeof name === 'string' && { name }),
      ...(type !== undefined && { type }),
      ...(source !== undefined && { source }),
      ...(event !== undefined && { event: { ...event } }),
      ...(error !== undefined && { error }),
    });
  }

  /** For the test kit: observes the answers of a server. */
  watch(server: unknown): void {
    this.#responses.watch(server);
  }
}
