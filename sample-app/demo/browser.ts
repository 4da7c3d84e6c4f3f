const TIMEOUT_MS = 20_000;

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  /** When the request began and its answer was complete: whatever the shop did, it did in between. */
  readonly from: number;
  readonly until: number;
}

/** A shopper's browser: keeps its cookies, and its connection alive. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(readonly shop: string) {}

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, encodeURIComponent(value));
  }

  async send<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
    const from = Date.now();
    const response = await fetch(this.shop + path, {
      method,
      headers: {
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
    return {
      status: response.status,
      body: (text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text) as T,
      from,
      until: Date.now(),
    };
  }

  #keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
