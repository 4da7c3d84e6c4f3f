import { isIP } from 'node:net';
import type { Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { Clock } from '../host/clock.js';
import { isPrivateAddress } from '../host/private-hosts.js';
import { HostLookup } from './host-lookup.js';
import { readOverContinue } from './read-over-continue.js';
import { PRIVATE_ADDRESS } from './reading.js';

/** How a lane's sockets are opened. */
export interface ConnectorOptions {
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Default: one of its own. */
  readonly lookup?: HostLookup | undefined;
  /** False: sockets connect to public addresses only. Default true. */
  readonly allowPrivateHosts?: boolean | undefined;
}

/** Opens the sockets of a lane. */
export class Connector {
  /** Sockets that are still connecting: undici does not end them when it is destroyed. */
  readonly #connecting = new Set<Socket>();
  readonly #check: (address: string) => Error | undefined;
  readonly #connect: (...args: unknown[]) => unknown;

  constructor({
    timeoutMs,
    clock,
    lookup = new HostLookup(clock),
    allowPrivateHosts = true,
  }: ConnectorOptions) {
    this.#check = allowPrivateHosts ? () => undefined : refusal;
    // It returns the socket, although its type does not say so.
    this.#connect = buildConnector({ timeout: timeoutMs, lookup: lookup.lookup(this.#check) }) as (
      ...args: unknown[]
    ) => unknown;
  }

  /** Opens a socket; the `connect` option of undici's Agent. */
  readonly connect: buildConnector.connector = (options, callback) => {
    // A URL with an address needs no lookup, so it is checked here.
    const refused = isIP(options.hostname) > 0 ? this.#check(options.hostname) : undefined;
    if (refused !== undefined) {
      process.nextTick(callback, refused, null);
      return;
    }
    const socket = this.#connect(options, (...result: [null, Socket]) => {
      if (socket !== undefined) this.#connecting.delete(socket);
      const [, connected] = result as [unknown, Socket | undefined];
      if (connected !== undefined) readOverContinue(connected);
      callback(...result);
    }) as Socket | undefined;
    if (socket !== undefined) this.#connecting.add(socket);
  };

  /** Ends sockets that are still connecting. */
  close(): void {
    for (const socket of this.#connecting) socket.destroy(new Error('closed'));
  }
}

function refusal(address: string): Error | undefined {
  if (!isPrivateAddress(address)) return undefined;
  return Object.assign(new Error('a private address'), { code: PRIVATE_ADDRESS });
}
