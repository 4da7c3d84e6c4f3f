import type { Dispatcher } from 'undici';

/** What a played platform does with a request: a status with what goes with it, or an error of the connection. */
export type PlayedAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body?: string | undefined;
    }
  | { readonly error: string };

/** One request that waits for its answer. */
export interface PlayedRequest {
  readonly path: string;
  /** Ends it. Later calls, and calls after it was aborted, do nothing. */
  end(answer: PlayedAnswer): void;
}

/**
 * An undici dispatcher without a network: each request is handed to a player, who ends it now, later or never. An answer is
 * never told before the request is on its way.
 */
export function playedDispatcher(play: (request: PlayedRequest) => void): Dispatcher {
  const dispatch = (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean => {
    let over = false;
    const controller = {
      get aborted(): boolean {
        return over;
      },
      reason: null,
      paused: false,
      pause: () => undefined,
      resume: () => undefined,
      abort: (reason: Error) => {
        if (over) return;
        over = true;
        handler.onResponseError?.(controller, reason);
      },
    } as unknown as Dispatcher.DispatchController;
    const end = (answer: PlayedAnswer): void => {
      if (over) return;
      over = true;
      if ('error' in answer) {
        handler.onResponseError?.(controller, Object.assign(new Error(answer.error), { code: answer.error }));
        return;
      }
      handler.onResponseStart?.(controller, answer.status, { ...answer.headers }, '');
      if (answer.body !== undefined) handler.onResponseData?.(controller, Buffer.from(answer.body));
      handler.onResponseEnd?.(controller, {});
    };
    handler.onRequestStart?.(controller, {});
    void Promise.resolve().then(() => {
      if (!over) play({ path: options.path, end });
    });
    return true;
  };
  return { dispatch } as unknown as Dispatcher;
}
