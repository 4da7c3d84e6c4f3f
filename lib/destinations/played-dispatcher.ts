import type { Dispatcher } from 'undici';

/** The answer of a simulated platform to a request: a status with headers and body, or an error of the connection. */
export type PlayedAnswer =
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>> | undefined;
      readonly body?: string | Uint8Array | undefined;
      /** The connection ends before the body does. */
      readonly cut?: boolean | undefined;
    }
  | { readonly error: string };

/** One request without an answer yet. */
export interface PlayedRequest {
  readonly method: string;
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
  /** Ends it. Later calls, and calls after it was aborted, do nothing. */
  end(answer: PlayedAnswer): void;
}

/**
 * An undici dispatcher without a network: a function gets each request, and ends it now, later or never. No answer arrives
 * before the request was started.
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
    const fail = (code: string): void =>
      handler.onResponseError?.(controller, Object.assign(new Error(code), { code }));
    const end = (answer: PlayedAnswer): void => {
      if (over) return;
      over = true;
      if ('error' in answer) return fail(answer.error);
      handler.onResponseStart?.(controller, answer.status, { ...answer.headers }, '');
      if (answer.body !== undefined) handler.onResponseData?.(controller, Buffer.from(answer.body));
      if (answer.cut === true) fail('ECONNRESET');
      else handler.onResponseEnd?.(controller, {});
    };
    handler.onRequestStart?.(controller, {});
    const { method, path } = options;
    const request: PlayedRequest = {
      method,
      path,
      origin: String(options.origin),
      headers: options.headers as Record<string, string>,
      body: (options.body ?? undefined) as string | Uint8Array | undefined,
      end,
    };
    void Promise.resolve().then(() => {
      if (!over) play(request);
    });
    return true;
  };
  return { dispatch } as unknown as Dispatcher;
}
