const TIMEOUT_MS = 20_000;

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  /** When the request began, and when its answer was complete: the shop acted in between. */
  readonly from: number;
  readonly until: number;
}

/** The connection broke before the answer was complete. */
export class CutOff extends Error {
  constructor(
    cause: unknown,
    /** When the request began, and when the connection broke. */
    readonly from: number,
    readonly until = Date.now(),
  ) {
    super('The connection broke', { cause });
  }

  /** Whether the shop can have received the request. */
  get wasSent(): boolean {
    return codeOf(this.cause) !== 'ECONNREFUSED';
  }
}

/** Like `fetch`, with the body read; a broken connection is a {@link CutOff}. */
export async function ask(
  url: string,
  init: Omit<RequestInit, 'signal'>,
): Promise<Answer<string> & { readonly cookies: string[] }> {
  const from = Date.now();
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const body = await response.text();
    const cookies = response.headers.getSetCookie();
    return { status: response.status, body, from, until: Date.now(), cookies };
  } catch (error) {
    if (error instanceof TypeError) throw new CutOff(error.cause, from);
    throw error;
  }
}

/** A shopper's browser: keeps cookies, and keeps its connection alive. */
export class Browser {
  readonly #cookies = new Map<string, string>();

  constructor(readonly shop: string) {}

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, encodeURIComponent(value));
  }

  async send<T>(method: string, path: string, body?: object): Promise<Answer<T>> {
    const { cookies, ...answer } = await ask(this.shop + path, {
      method,
      headers: {
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    for (const cookie of cookies) this.#keep(cookie);
    const isJson = answer.body.startsWith('{') || answer.body.startsWith('[');
    return { ...answer, body: (isJson ? JSON.parse(answer.body) : answer.body) as T };
  }

  #keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | undefined)?.code;
}

/** The demo knows the right status of each action; any other is a fault of the shop, and is reported. */
export function expectStatus(answer: Answer<unknown>, status: number, what: string): void {
  if (answer.status !== status) {
    throw new Error(
      `${what}: answered ${answer.status} instead of ${status} (${JSON.stringify(answer.body)})`,
    );
  }
}
