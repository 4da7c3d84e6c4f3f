import type { CollectorStats, Recorded } from '../collector/ledger.js';

export type CollectorNow = CollectorStats & { readonly failed: number; readonly outage: string };

/** Calls the JSON API of the collector. */
export class CollectorClient {
  constructor(readonly url: string) {}

  stats(): Promise<CollectorNow> {
    return this.#get('/_collector/stats');
  }

  /** The operations of one id, without those of ids that aliases joined with it. */
  async of(person: string): Promise<Recorded[]> {
    const found = await this.#get<Recorded[]>(
      `/_collector/events?limit=1000&person=${encodeURIComponent(person)}`,
    );
    return found.filter((each) => each.person === person);
  }

  async fail(seconds: number): Promise<void> {
    const response = await fetch(`${this.url}/_collector/outage`, {
      method: 'POST',
      body: JSON.stringify({ mode: 'down', seconds }),
    });
    if (!response.ok) throw new Error(`The collector rejected the outage: ${await response.text()}`);
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path, { signal: AbortSignal.timeout(20_000) });
    return (await response.json()) as T;
  }
}
