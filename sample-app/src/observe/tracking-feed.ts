import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { TrackingService } from 'nestjs-tracking';

export interface FeedEntry {
  readonly what: string;
  readonly name?: string;
  readonly at: number;
}

type Counts = Record<string, Record<string, number>>;

const KEPT = 25;

/** Shows what happens to events, for people who watch: `lifecycle$` off the request's path, and `stats()` on request. */
@Injectable()
export class TrackingFeed implements OnApplicationBootstrap {
  readonly #latest: FeedEntry[] = [];
  readonly #counts: Counts = {};
  #unrecorded: Record<string, number> = {};

  constructor(private readonly tracking: TrackingService) {}

  onApplicationBootstrap(): void {
    this.tracking.lifecycle$.subscribe(({ type: what, event, at }) => {
      this.#add({ what, ...(event && { name: event.name }), at });
      if (event) {
        const ofName = (this.#counts[event.name] ??= {});
        ofName[what] = (ofName[what] ?? 0) + 1;
      }
    });
  }

  latest(): readonly FeedEntry[] {
    this.#addUnrecorded();
    return this.#latest;
  }

  /** By event name, then by signal. */
  counts(): Readonly<Counts> {
    return this.#counts;
  }

  /** `lifecycle$` has no signal for a call that records no event, such as one that is rolled back. Its count has changed. */
  #addUnrecorded(): void {
    const { duplicate, suppressed, rejected } = this.tracking.stats();
    const now: Record<string, number> = { duplicate, ...suppressed, ...rejected };
    for (const [what, total] of Object.entries(now)) {
      const calls = total - (this.#unrecorded[what] ?? 0);
      if (calls > 0) this.#add({ what, name: calls === 1 ? '1 call' : `${calls} calls`, at: Date.now() });
    }
    this.#unrecorded = now;
  }

  #add(entry: FeedEntry): void {
    this.#latest.unshift(entry);
    if (this.#latest.length > KEPT) this.#latest.pop();
  }
}
