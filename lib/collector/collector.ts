import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Api } from './api/api.js';
import { Script } from './answers/script.js';
import type { ScriptedAnswer } from './answers/scripted-answer.js';
import { Ledger } from './ledger/ledger.js';
import { chosenPlatforms } from './chosen-platforms.js';
import { answerJson } from './http/answer.js';
import { PLATFORMS } from './platforms/platforms.js';
import { Receiver } from './http/receiver.js';
import { servePage } from './http/serve-page.js';

/** Options of `startCollector()`. */
export interface CollectorOptions {
  /** Default 0: any free port. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1: everyone who can reach the collector can read its events. */
  readonly host?: string | undefined;
  /** Names of the platforms; default: all. */
  readonly only?: readonly string[] | undefined;
  /** Scripted answers from the start. */
  readonly answers?: readonly ScriptedAnswer[] | undefined;
  /** Folder with the files of the page. */
  readonly page: string;
}

/** A running collector. */
export interface Collector {
  /** Such as `http://127.0.0.1:4100`. The endpoint of a platform is this address and the platform's name. */
  readonly url: string;
  /** In the order of the page. */
  readonly platforms: readonly PlatformEndpoint[];
  close(): Promise<void>;
}

/** How an application sends to a platform of the collector. */
export interface PlatformEndpoint {
  /** The name of the destination's factory. */
  readonly name: string;
  /** The option of the factory that takes the URL. */
  readonly option: string;
  readonly url: string;
}

/** The options that are not named `endpoint`. */
const URL_OPTIONS: Readonly<Record<string, string | undefined>> = {
  rudderstack: 'dataPlaneUrl',
  jitsu: 'host',
  posthog: 'host',
  snowplow: 'collector',
  webhook: 'url',
};

/** Addresses that stand for every interface: a URL cannot have them on every system. */
const EVERY_INTERFACE: Readonly<Record<string, string | undefined>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/** Longer than any sender's, so that senders close idle connections and never use one that just closed. */
const KEEP_ALIVE_MS = 65_000;

/** Starts a local stand-in for the platforms' endpoints, with a page for people and a JSON API for tests. */
export async function startCollector(options: CollectorOptions): Promise<Collector> {
  const { port = 0, host = '127.0.0.1', only, answers = [], page } = options;
  const platforms = chosenPlatforms(PLATFORMS, only);
  const ledger = new Ledger(platforms);
  const script = new Script();
  for (const each of answers) script.add(each);
  const receiver = new Receiver(platforms, ledger, script);
  const api = new Api(ledger, script);

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://collector.invalid');
    const { pathname } = url;
    if (pathname.startsWith('/_collector/')) api.answer(request, url, response);
    else if (receiver.receives(pathname)) receiver.receive(request, url, response);
    else if (!servePage(page, pathname, response)) {
      answerJson(response, 404, { error: `No platform has the path ${pathname}.` });
    }
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  const named = EVERY_INTERFACE[host] ?? host;
  const url = `http://${named.includes(':') ? `[${named}]` : named}:${actual}`;
  return {
    url,
    platforms: platforms.map(({ name }) => ({
      name,
      option: URL_OPTIONS[name] ?? 'endpoint',
      url: `${url}/${name}`,
    })),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
