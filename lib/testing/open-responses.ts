interface ServerLike {
  prependListener(event: 'request', listener: (request: unknown, response: ResponseLike) => void): unknown;
}

interface ResponseLike {
  once(event: 'close', listener: () => void): unknown;
}

/** Counts the open answers of HTTP servers. When an answer is closed, the events of its request are decided. */
export class OpenResponses {
  readonly #open = new Set<ResponseLike>();
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#open.size;
  }

  /** Counts the answers of a server; ignores any other value. */
  watch(server: unknown): void {
    if (typeof (server as Partial<ServerLike> | undefined)?.prependListener !== 'function') return;
    // First of all listeners: a request is counted before any handler can answer it.
    (server as ServerLike).prependListener('request', (_request, response) => {
      this.#open.add(response);
      response.once('close', () => {
        this.#open.delete(response);
        if (this.#open.size > 0) return;
        for (const resolve of this.#waiting.splice(0)) resolve();
      });
    });
  }

  allClosed(): Promise<void> {
    return this.#open.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => void this.#waiting.push(resolve));
  }
}
