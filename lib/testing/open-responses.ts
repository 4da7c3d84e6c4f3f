interface ServerLike {
  prependListener(event: 'request', listener: (request: unknown, response: ResponseLike) => void): unknown;
}

interface ResponseLike {
  once(event: 'close', listener: () => void): unknown;
}

/** Counts the answers of an HTTP server that are not closed yet: events of a request are decided by then. */
export class OpenResponses {
  readonly #open = new Set<ResponseLike>();
  #waiting: (() => void)[] = [];

  get count(): number {
    return this.#open.size;
  }

  /** Begins to count a server's; what is no server is passed over. */
  watch(server: unknown): void {
    if (typeof (server as Partial<ServerLike> | undefined)?.prependListener !== 'function') return;
    // First of all listeners: a request is counted before anybody can answer it.
    (server as ServerLike).prependListener('request', (_request, response) => {
      this.#open.add(response);
      response.once('close', () => {
        this.#open.delete(response);
        if (this.#open.size === 0) for (const resolve of this.#waiting.splice(0)) resolve();
      });
    });
  }

  /** Resolves when none is open. */
  allClosed(): Promise<void> {
    return this.#open.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => void this.#waiting.push(resolve));
  }
}
