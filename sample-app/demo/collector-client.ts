import type { CollectorStats, Recorded } from '../collector/ledger.js';

export type CollectorNow = CollectorStats & { readonly failed: number; readonly outage: string };

/** The collector's JSON API, as anything else would use it. */
export class CollectorClient {
  constructor(readonly url: string) {}

  stats(): Promise<CollectorNow> {
    return this.#get('/_collector/stats');
  }

  /** What it holds of one id; of those that aliases joined with it, nothing. */
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
    if (!response.ok) throw new Error(`The collector took no outage: ${await response.text()}`);
  }

  async #get<T>(path: string): Promise<T> {
    const response = await fetch(this.url + path, { signal: AbortSignal.timeout(20_000) });
    return (await response.json()) as T;
  }
}
