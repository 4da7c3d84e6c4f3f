import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { TrackingService } from 'nestjs-tracking';

export interface FeedEntry {
  readonly what: string;
  readonly name?: string;
  readonly at: number;
}

type Counts = Record<string, Record<string, number>>;

const KEPT = 25;

/** Watches what becomes of events. Off the request's path; without a subscriber it costs nothing. */
@Injectable()
export class TrackingFeed implements OnApplicationBootstrap {
  readonly #latest: FeedEntry[] = [];
  readonly #counts: Counts = {};

  constructor(private readonly tracking: TrackingService) {}

  onApplicationBootstrap(): void {
    this.tracking.lifecycle$.subscribe(({ type: what, event, at }) => {
      this.#latest.unshift({ what, ...(event && { name: event.name }), at });
      if (this.#latest.length > KEPT) this.#latest.pop();
      if (event) {
        const ofName = (this.#counts[event.name] ??= {});
        ofName[what] = (ofName[what] ?? 0) + 1;
      }
    });
  }

  latest(): readonly FeedEntry[] {
    return this.#latest;
  }

  /** Event name, then what happened to it, then how often. */
  counts(): Readonly<Counts> {
    return this.#counts;
  }
}
