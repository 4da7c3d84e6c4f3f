import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { Connector } from './connector.js';
import type { ConnectorOptions } from './connector.js';

/** All sockets are replaced at this age: one that is never idle would never notice a DNS change. */
const MAX_AGE_MS = 86_400_000;

/** The number of a lane's sockets, and how they are opened. */
export interface LaneAgentOptions extends ConnectorOptions {
  readonly concurrency: number;
  readonly pipelining: number;
}

/** The few sockets of one lane, kept alive for at most a day. */
export class LaneAgent {
  readonly #connector: Connector;
  #agent: Agent;
  #madeAt: number;
  /** The replaced agent, which completes its requests. */
  #retired: Agent | undefined;

  constructor(private readonly options: LaneAgentOptions) {
    this.#connector = new Connector(options);
    this.#agent = this.#make();
    this.#madeAt = options.clock.monotonic();
  }

  /** For the next request. */
  get current(): Dispatcher {
    const now = this.options.clock.monotonic();
    if (now - this.#madeAt >= MAX_AGE_MS) {
      this.#retired = this.#agent;
      void this.#retired.close();
      this.#agent = this.#make();
      this.#madeAt = now;
    }
    return this.#agent;
  }

  /** Ends all sockets, including those in use. */
  async close(): Promise<void> {
    // Their promises need `queueMicrotask()`, which fake timers hold back; the sockets need nothing.
    void this.#agent.destroy();
    void this.#retired?.destroy();
    await this.#connector.close();
  }

  #make(): Agent {
    const { concurrency, pipelining } = this.options;
    return new Agent({
      connections: Math.max(1, Math.ceil(concurrency / pipelining)),
      pipelining,
      // The deadline of the attempt covers these time-outs.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: this.#connector.connect,
    });
  }
}
