import { Dispatcher } from 'undici';
import type { ManualClock } from './manual-clock.js';

/** A request that the platform received. */
export interface Received {
  readonly at: number;
  readonly host: string;
  readonly body: string;
  /** Ids in the body, if it is an array of ids. */
  readonly ids: readonly string[];
}

/** How the platform answers: a status with headers and a body, or an error instead. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly error?: string;
  /** Milliseconds until the answer arrives. Default 10. */
  readonly afterMs?: number;
}

/** An undici dispatcher without a network: a simulated platform, in the test's time. */
export class PlatformDispatcher extends Dispatcher {
  readonly received: Received[] = [];
  /** Answers a request; default 200. */
  reply: (received: Received) => Reply | undefined = () => undefined;

  constructor(private readonly clock: ManualClock) {
    super();
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const body = typeof options.body === 'string' ? options.body : '';
    const received = {
      at: this.clock.monotonic(),
      host: new URL(String(options.origin)).hostname,
      body,
      ids: body.startsWith('[') ? (JSON.parse(body) as string[]) : [],
    };
    this.received.push(received);
    const { status = 200, headers = {}, body: text = '', error, afterMs = 10 } = this.reply(received) ?? {};
    let over = false;
    const controller = {
      get aborted() {
        return over;
      },
      get reason() {
        return null;
      },
      get paused() {
        return false;
      },
      pause: () => undefined,
      resume: () => undefined,
      abort: (reason: Error) => {
        if (over) return;
        over = true;
        handler.onResponseError?.(controller, reason);
      },
    } as unknown as Dispatcher.DispatchController;
    handler.onRequestStart?.(controller, {});
    this.clock.after(afterMs, () => {
      if (over) return;
      over = true;
      if (error !== undefined) {
        handler.onResponseError?.(controller, Object.assign(new Error(error), { code: error }));
        return;
      }
      handler.onResponseStart?.(controller, status, headers, '');
      handler.onResponseData?.(controller, Buffer.from(text));
      handler.onResponseEnd?.(controller, {});
    });
    return true;
  }
}
