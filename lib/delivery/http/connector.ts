import { isIP, type Socket } from 'node:net';
import { buildConnector } from 'undici/index.js';
import { type Clock, systemClock } from '../../host/clock.js';
import type { Log } from '../../host/log.js';
import { isPrivateAddress } from '../../host/private-hosts.js';
import { HostLookup } from './host-lookup.js';
import { readOverContinue } from './read-over-continue.js';
import { PRIVATE_ADDRESS } from '../reading.js';

/** How a lane's sockets are opened. */
export interface ConnectorOptions {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  /** Default: a new one. */
  readonly lookup?: HostLookup | undefined;
  /** False: sockets connect to public addresses only. Default true. */
  readonly allowPrivateHosts?: boolean | undefined;
}

/** Opens the sockets of a lane. */
export class Connector {
  /** Sockets that are not closed. */
  readonly #open = new Set<Socket>();
  readonly #check: (address: string) => Error | undefined;
  readonly #connect: buildConnector.connector;

  constructor({
    timeoutMs,
    clock,
    log,
    lookup = new HostLookup(clock, log),
    allowPrivateHosts = true,
  }: ConnectorOptions) {
    this.#check = allowPrivateHosts ? () => undefined : refusal;
    this.#connect = readOverContinue(
      buildConnector({ timeout: timeoutMs, lookup: lookup.lookup(this.#check) }),
      log,
    );
  }

  /** Opens a socket; the `connect` option of undici's Agent. */
  readonly connect: buildConnector.connector = (options, callback) => {
    // A URL with an address needs no lookup, so it is checked here.
    const refused = isIP(options.hostname) > 0 ? this.#check(options.hostname) : undefined;
    if (refused !== undefined) {
      systemClock.soon(() => callback(refused, null));
      return;
    }
    const socket = this.#connect(options, callback) as Socket | undefined;
    if (socket === undefined) return;
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  };

  /** Ends all sockets, also those that are still connecting, which undici does not end. Resolves when they are closed. */
  async close(): Promise<void> {
    const closed = [...this.#open].map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    for (const socket of this.#open) socket.destroy(new Error('closed'));
    await Promise.all(closed);
  }
}

function refusal(address: string): Error | undefined {
  if (!isPrivateAddress(address)) return undefined;
  return Object.assign(new Error('a private address'), { code: PRIVATE_ADDRESS });
}
