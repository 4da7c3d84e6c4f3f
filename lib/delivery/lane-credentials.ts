import type { CredentialsSource, FreshCredentials } from '../destinations/destination.js';
import type { Clock, Timer } from '../host/clock.js';
import { deadline } from '../host/deadline.js';
import type { Log } from '../host/log.js';
import { type CredentialsFailure, deliveryMessages } from './delivery.messages.js';
import type { LaneSignals } from './lane-signals.js';
import { failureName, givenBy } from './given-credentials.js';

/** Credentials are renewed at this time before they expire, or when a fifth of their time is left, if that is later. */
const RENEW_BEFORE_MS = 300_000;
const RENEW_PART = 1 / 5;
/** The least time between two calls, because some services return expired credentials, and some platforms reject at random. */
const MIN_BETWEEN_MS = 1_000;
/** Earlier values stay secret, because answers to requests with them may arrive late. */
const SETS_KEPT_SECRET = 4;

/** Credentials of one call of the function. Attempts are made with them until others replace them. */
export interface LaneSecret {
  /** Undefined: no function returns credentials. */
  readonly values: FreshCredentials['values'] | undefined;
  /** Monotonic times. */
  readonly expiresAt: number;
  readonly renewAt: number;
  /** They replaced rejected ones, and no event was delivered with them so far. */
  isUnproven: boolean;
}

/** For requests whose credentials are options. */
export const NO_SECRET: LaneSecret = {
  values: undefined,
  expiresAt: Infinity,
  renewAt: Infinity,
  isUnproven: true,
};

/** The setup of a lane's credentials. */
export interface LaneCredentialsSetup {
  /** Undefined: requests need no credentials from a function. */
  readonly source: CredentialsSource | undefined;
  /** Deadline of one call in milliseconds. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly signals: LaneSignals;
  /** The pause after a number of failures. */
  readonly pauseMs: (failures: number) => number;
  /** All values that must not be shown. */
  readonly onSecrets: (secrets: readonly string[]) => void;
  /** A call has ended: the lane may continue, or must set its timer. */
  readonly onEnd: () => void;
}

/**
 * Credentials from a function, which expire. The function is called at the first need, in the background before they expire,
 * and after the platform has rejected them. After a failure, it is called again with growing pauses.
 */
export class LaneCredentials {
  /** Undefined: no request can be made. */
  #current: LaneSecret | undefined;
  #failure: CredentialsFailure | undefined;
  #failures = 0;
  #asks = 0;
  #pending: Timer | undefined;
  /** Monotonic time before which the function is not called again. */
  #notBefore = 0;
  #wasRejected = false;
  #logged: string | undefined;
  #secrets: (readonly string[])[] = [];
  #closed = false;

  constructor(private readonly setup: LaneCredentialsSetup) {}

  /** Why there are no valid credentials; undefined if there are some, or none were needed so far. */
  get trouble(): string | undefined {
    return this.#failure !== undefined && !this.#isValid() ? failureName(this.#failure) : undefined;
  }

  /** Whether the function failed, and its next call is paused. */
  get isPaused(): boolean {
    return this.trouble !== undefined && this.setup.clock.monotonic() < this.#notBefore;
  }

  /** Valid credentials for an attempt that begins now; undefined: see {@link ask}. */
  take(): LaneSecret | undefined {
    if (this.setup.source === undefined) return NO_SECRET;
    if (!this.#isValid()) return undefined;
    if (this.setup.clock.monotonic() >= this.#current!.renewAt) this.ask();
    return this.#current;
  }

  /** Calls the function if it may be called now. Returns when it may be called again; Infinity while a call is running. */
  ask(): number {
    const { clock } = this.setup;
    if (this.#pending === undefined && !this.#closed && clock.monotonic() >= this.#notBefore) this.#call();
    return this.#pending === undefined ? this.#notBefore : Infinity;
  }

  /** An event was delivered with these credentials. */
  proven(used: LaneSecret): void {
    if (used !== this.#current) return;
    used.isUnproven = false;
    this.#wasRejected = false;
  }

  /**
   * The platform rejected these credentials, so they are not used again.
   *
   * @returns whether to repeat the request with other credentials; false: the platform rejected those as well
   */
  rejected(used: LaneSecret): boolean {
    if (used === NO_SECRET) return false;
    if (used !== this.#current) return true;
    this.#current = undefined;
    this.#wasRejected = true;
    return !used.isUnproven;
  }

  /** Ends the pause. */
  hurry(): void {
    this.#notBefore = 0;
  }

  close(): void {
    this.#closed = true;
    this.#pending?.cancel();
    this.#pending = undefined;
  }

  #isValid(): boolean {
    return this.#current !== undefined && this.setup.clock.monotonic() < this.#current.expiresAt;
  }

  #call(): void {
    const { clock, source, timeoutMs } = this.setup;
    const asked = ++this.#asks;
    this.#notBefore = clock.monotonic() + MIN_BETWEEN_MS;
    this.#pending = deadline(clock, timeoutMs, () => this.#failed(asked, { kind: 'timeout' }));
    void this.#answered(asked, source!);
  }

  async #answered(asked: number, source: CredentialsSource): Promise<void> {
    const given = await givenBy(source, this.setup.clock);
    const isRead = this.setup.log.contain('reading credentials', () => {
      // A result after the deadline is used, unless a later call has returned valid credentials.
      const isUsed = asked === this.#asks || !this.#isValid();
      if ('kind' in given) this.#failed(asked, given);
      else if (isUsed) this.#accept(given);
    });
    if (!isRead) this.#failed(asked, { kind: 'failed' });
  }

  #accept({ values, expiresAt }: FreshCredentials): void {
    if (this.#closed) return;
    const { clock, signals, onSecrets } = this.setup;
    this.#secrets = [Object.values(values), ...this.#secrets].slice(0, SETS_KEPT_SECRET);
    onSecrets([...new Set(this.#secrets.flat())]);
    const now = clock.monotonic();
    // The wall clock may be set in the meantime.
    const lifeMs = expiresAt === undefined ? Infinity : expiresAt - clock.now();
    const leadMs = Math.min(RENEW_BEFORE_MS, lifeMs * RENEW_PART);
    this.#current = {
      values,
      expiresAt: now + lifeMs,
      renewAt: now + lifeMs - leadMs,
      isUnproven: this.#wasRejected,
    };
    this.#failure = undefined;
    this.#failures = 0;
    if (this.#logged !== undefined) {
      this.#logged = undefined;
      signals.line('info', 'credentials given', deliveryMessages.credentialsGiven);
    }
    this.#ended();
  }

  #failed(asked: number, failure: CredentialsFailure): void {
    if (asked !== this.#asks || this.#pending === undefined) return;
    const { clock, signals, pauseMs } = this.setup;
    this.#failure = failure;
    this.#notBefore = Math.max(this.#notBefore, clock.monotonic() + pauseMs(++this.#failures));
    const isValid = this.#isValid();
    const state = `${failure.kind} ${isValid}`;
    // One line for each cause of an outage.
    if (state !== this.#logged) {
      this.#logged = state;
      signals.line('error', `credentials ${state}`, (lane) =>
        deliveryMessages.noCredentials(lane, failure, isValid),
      );
    }
    this.#ended();
  }

  #ended(): void {
    this.#pending?.cancel();
    this.#pending = undefined;
    this.setup.onEnd();
  }
}
