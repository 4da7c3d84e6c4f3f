import type { ServerResponse } from 'node:http';

/** The requests without an answer, so that they can be closed. */
export class Hanging {
  readonly #platforms = new Map<ServerResponse, string>();

  add(platform: string, response: ServerResponse): void {
    if (response.closed) return;
    this.#platforms.set(response, platform);
    response.once('close', () => this.#platforms.delete(response));
  }

  /** Closes those of a platform, or all. */
  close(platform?: string): void {
    for (const [response, of] of this.#platforms) {
      if (platform === undefined || of === platform) response.destroy();
    }
  }
}
