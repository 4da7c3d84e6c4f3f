import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from '../host/clock.js';
import { canRejectEvents } from './answers/decision.js';
import { CollectorError, readPreset } from './answers/check-scripted-answers.js';
import { Script } from './answers/script.js';
import { Api } from './api/api.js';
import { routesOf } from './api/routes.js';
import { emptyHost, unknownPlatforms } from './collector.messages.js';
import { endpointsOf, urlOf, type PlatformEndpoint } from './endpoints.js';
import { isLoopback } from './http/api-guard.js';
import { Receiver } from './http/receiver.js';
import { Routes } from './http/routes.js';
import { Ledger } from './ledger/ledger.js';
import type { CollectorPlatform } from './platform.js';
import { PLATFORMS } from './platforms/platforms.js';
import { Troubles } from './troubles.js';

/** Options of `startCollector()`. */
export interface CollectorOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1: everyone who can reach the collector can read its events. */
  readonly host?: string | undefined;
  /** Names of the platforms; default: all. */
  readonly only?: readonly string[] | undefined;
  /** Presets of scripted answers from the start, such as `segment:error`. */
  readonly fail?: readonly string[] | undefined;
  /** Folder with the files of the page. */
  readonly page: string;
  /** Gets a line for each kind of trouble, without values of events; for a fault of the collector its stack, too. */
  readonly tell?: ((line: string) => void) | undefined;
  readonly clock?: Clock | undefined;
}

/** A running collector. */
export interface Collector {
  /** Such as `http://127.0.0.1:4100`. The endpoint of a platform is this address and the platform's name. */
  readonly url: string;
  /** In the order of the page. */
  readonly platforms: readonly PlatformEndpoint[];
  /** Whether only this machine can reach it. */
  readonly isLoopback: boolean;
  /** Closes all connections, also those with a request that hangs. */
  close(): Promise<void>;
}

/** Longer than any sender's, so that senders close idle connections and never use one that just closed. */
const KEEP_ALIVE_MS = 65_000;
/** Some SDKs send events in the URL. */
const MAX_HEADER_BYTES = 256 * 1_024;

/**
 * Starts a local stand-in for the platforms' endpoints, with a page for people and a JSON API for tests.
 *
 * @throws CollectorError for an unknown platform or preset, or an empty host; the error of the server if it cannot listen
 */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const {
    port = 0,
    host = '127.0.0.1',
    only,
    fail = [],
    page,
    tell = () => {},
    clock = systemClock,
  } = options;
  // Node would listen on every interface.
  if (host === '') throw new CollectorError(emptyHost());
  const platforms = chosenPlatforms(PLATFORMS, only);
  const script = new Script({
    clock,
    random: Math.random,
    rejecting: new Set(platforms.filter(canRejectEvents).map(({ name }) => name)),
    onClear: (platform) => receiver.closeHanging(platform),
  });
  script.add(...fail.map((preset) => readPreset(preset, platforms)));
  const ledger = new Ledger(platforms);
  const troubles = new Troubles(tell);
  const receiver = new Receiver(clock, script, ledger, troubles);
  const api = new Api(routesOf(platforms, ledger, script, clock));

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS });
  const bound = await listen(server, port, host);
  const url = urlOf(host, bound.port);
  const endpoints = endpointsOf(url, platforms);
  const loopback = isLoopback(bound.address);
  // In the same turn of the event loop in which it began to listen: no request came before.
  const routes = new Routes({ platforms, receiver, api, troubles, page, isLoopback: loopback, endpoints });
  server.on('request', (request, response) => routes.handle(request, response));
  return {
    url,
    platforms: endpoints,
    isLoopback: loopback,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return server.address() as AddressInfo;
}

/** The platforms with the given names, in their own order; all without names. @throws CollectorError for an unknown name */
function chosenPlatforms(
  all: readonly CollectorPlatform[],
  names: readonly string[] | undefined,
): readonly CollectorPlatform[] {
  if (names === undefined) return all;
  const wanted = new Set(names.map((name) => name.trim().toLowerCase()));
  const chosen = all.filter(({ name }) => wanted.delete(name.toLowerCase()));
  if (wanted.size > 0 || chosen.length === 0)
    throw new CollectorError(
      unknownPlatforms(
        [...wanted],
        all.map(({ name }) => name),
      ),
    );
  return chosen;
}
