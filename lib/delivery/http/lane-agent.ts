// Imported by its file, because Bun replaces the package name with an incomplete imitation.
import { Agent, EnvHttpProxyAgent, Pool } from 'undici/index.js';
import type { buildConnector, Dispatcher } from 'undici';
import type { ProxyEnvironment } from '../../host/proxy-environment.js';
import { Connector, type ConnectorOptions } from './connector.js';
import { readOverContinue } from './read-over-continue.js';

/** All sockets are replaced at this age, because a socket that is never idle would not notice a DNS change. */
const MAX_AGE_MS = 86_400_000;

/** The number of a lane's sockets, and how they are opened. */
export interface LaneAgentOptions extends ConnectorOptions {
  readonly concurrency: number;
  readonly pipelining: number;
  /** Proxies of the environment. Default: none is used. */
  readonly proxies?: ProxyEnvironment | undefined;
}

/** The few sockets of one lane, kept alive for at most a day. */
export class LaneAgent {
  readonly #connector: Connector;
  #agent: Dispatcher;
  #madeAt: number;
  /** The replaced agent, which completes its requests. */
  #retired: Dispatcher | undefined;

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
    // Not awaited: the promises need `queueMicrotask()`, which fake timers stop. The sockets close without it.
    void this.#agent.destroy();
    void this.#retired?.destroy();
    await this.#connector.close();
  }

  #make(): Dispatcher {
    const { concurrency, pipelining, proxies } = this.options;
    const options = {
      connections: Math.max(1, Math.ceil(concurrency / pipelining)),
      pipelining,
      // The deadline of the attempt covers these time-outs.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: this.#connector.connect,
    };
    return proxies?.inUse === true ? this.#proxied(options, proxies) : new Agent(options);
  }

  /** Connections to the proxy have the same limits and lookups. The proxy looks up the platform's host. */
  #proxied(options: Agent.Options & { readonly connections: number }, proxies: ProxyEnvironment): Dispatcher {
    const { log, timeoutMs } = this.options;
    const { connections, connect } = options;
    return new EnvHttpProxyAgent({
      ...options,
      // Undefined would make undici read the environment again.
      httpProxy: proxies.http?.url ?? '',
      httpsProxy: proxies.https?.url ?? '',
      noProxy: proxies.noProxy,
      requestTls: { timeout: timeoutMs },
      factory: (origin, given: Pool.Options) =>
        // Connections within a tunnel, which the connector does not open.
        new Pool(origin, {
          ...given,
          connect: readOverContinue(given.connect as buildConnector.connector, log),
        }),
      // undici would wait for a silent proxy for five minutes.
      clientFactory: (proxy) => new Pool(proxy, { connections, connect, headersTimeout: timeoutMs }),
    });
  }
}
