import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock, type Clock } from '../host/clock.js';
import { Hanging } from './answers/hanging.js';
import { canRejectEvents } from './answers/kind-answer.js';
import { readPreset } from './answers/read-preset.js';
import { Script } from './answers/script.js';
import { Api } from './api/api.js';
import { chosenPlatforms } from './chosen-platforms.js';
import { endpointsOf, urlOf, type PlatformEndpoint } from './endpoints.js';
import { isLoopback } from './http/api-guard.js';
import { Intake } from './http/intake.js';
import { Receiver } from './http/receiver.js';
import { Routes } from './http/routes.js';
import { Ledger } from './ledger/ledger.js';
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
 * @throws CollectorError for an unknown platform or preset; the error of the server if it cannot listen
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
  const platforms = chosenPlatforms(PLATFORMS, only);
  const hanging = new Hanging();
  const script = new Script({
    clock,
    random: Math.random,
    rejecting: new Set(platforms.filter(canRejectEvents).map(({ name }) => name)),
    onClear: (platform) => hanging.close(platform),
  });
  script.add(...fail.map((preset) => readPreset(preset, platforms)));
  const ledger = new Ledger(platforms);
  const troubles = new Troubles(tell);
  const receiver = new Receiver({
    clock,
    script,
    hanging,
    intake: new Intake(ledger, troubles),
    troubles,
  });
  const bound: { isLoopback: boolean; endpoints: readonly PlatformEndpoint[] } = {
    isLoopback: true,
    endpoints: [],
  };
  const api = new Api(platforms, ledger, script, clock);
  const routes = new Routes({ platforms, receiver, api, troubles, page, bound: () => bound });

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS });
  server.on('request', (request, response) => routes.handle(request, response));
  const { address, port: actual } = await listen(server, port, host);
  const url = urlOf(host, actual);
  bound.isLoopback = isLoopback(address);
  bound.endpoints = endpointsOf(url, platforms);
  return {
    url,
    platforms: bound.endpoints,
    isLoopback: bound.isLoopback,
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
