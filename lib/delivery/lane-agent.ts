import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import { Connector } from './connector.js';
import type { ConnectorOptions } from './connector.js';

/** A socket that is never idle would never see that its host has moved: all are replaced at this age. */
const MAX_AGE_MS = 86_400_000;

/** How many sockets a lane has, and how they are opened. */
export interface LaneAgentOptions extends ConnectorOptions {
  readonly concurrency: number;
  readonly pipelining: number;
}

/** The few sockets of one lane, kept alive for at most a day. */
export class LaneAgent {
  readonly #connector: Connector;
  #agent: Agent;
  #madeAt: number;
  /** Yesterday's, which ends what it has under way. */
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

  /** Ends all sockets, whatever is under way. */
  async close(): Promise<void> {
    const agents = this.#retired === undefined ? [this.#agent] : [this.#agent, this.#retired];
    const ended = agents.map((agent) => agent.destroy());
    this.#connector.close();
    await Promise.all(ended);
  }

  #make(): Agent {
    const { concurrency, pipelining } = this.options;
    return new Agent({
      connections: Math.max(1, Math.ceil(concurrency / pipelining)),
      pipelining,
      // The attempt's own deadline covers these.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: this.#connector.connect,
    });
  }
}
