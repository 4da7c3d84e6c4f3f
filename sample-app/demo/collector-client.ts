/** An event as the collector received it; what the demo reads of it. */
export interface Received {
  /** From 1, in the order of arrival. */
  readonly number: number;
  readonly platform: string;
  readonly receivedAt: number;
  readonly kind: string;
  /** The event's name, or the other id of an alias. */
  readonly name: string;
  readonly userId: string | null;
  readonly anonymousId: string | null;
  /** When it happened, epoch milliseconds. */
  readonly time: number | null;
  /** What a real host would do with it; `duplicate`: recognise it as a repetition. */
  readonly outcome: 'delivered' | 'duplicate' | 'rejected' | 'dropped';
  readonly problems: readonly string[];
}

/** The counts of one platform. */
export interface PlatformCounts {
  readonly platform: string;
  readonly title: string;
  readonly delivered: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly dropped: number;
}

/** What the collector does in place of a platform's own answer. */
export interface ScriptedAnswer {
  readonly platform: string;
  readonly answer: 'down' | 'cut';
  readonly seconds?: number;
  readonly requests?: number;
}

/** An answer of the API, newest first. */
interface Page {
  readonly events: readonly Received[];
  /** Where the next page begins; null: there is none. */
  readonly next: number | null;
  readonly forgotten: number;
}

const MAX_LISTED = 1_000;

/** Calls the JSON API of the collector. */
export class CollectorClient {
  constructor(readonly url: string) {}

  async counts(): Promise<PlatformCounts[]> {
    const { platforms } = await this.#ask<{ platforms: PlatformCounts[] }>('stats');
    return platforms;
  }

  /** The names of platforms, for people. */
  async titles(): Promise<Map<string, string>> {
    return new Map((await this.counts()).map(({ platform, title }) => [platform, title]));
  }

  /** All events that it keeps, in the order of arrival. It keeps the latest only: `forgotten` counts the others. */
  async events(): Promise<{ events: Received[]; forgotten: number }> {
    const events: Received[] = [];
    let path: string | undefined = `events?limit=${MAX_LISTED}`;
    let forgotten = 0;
    while (path !== undefined) {
      const page: Page = await this.#ask(path);
      events.push(...page.events);
      forgotten = page.forgotten;
      path = page.next === null ? undefined : `events?limit=${MAX_LISTED}&before=${page.next}`;
    }
    return { events: events.reverse(), forgotten };
  }

  async script(answer: ScriptedAnswer): Promise<void> {
    await this.#ask('answers', { method: 'POST', body: JSON.stringify(answer) });
  }

  async #ask<T>(path: string, init: Omit<RequestInit, 'signal'> = {}): Promise<T> {
    const response = await fetch(`${this.url}/_collector/${path}`, {
      ...init,
      headers: { 'content-type': 'application/json' },
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(`The collector answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}
