import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerApi } from './api.js';
import { Ledger, type CollectorStats, type Recorded, type Wanted } from './ledger.js';
import { kindOf, readOperation, type InvalidRequest } from './operation.js';
import { Outage, type OutageOptions } from './outage.js';
import { readBody } from './read-body.js';

/** Options of `startCollector()`. */
export interface CollectorOptions {
  /** Default: any free port. */
  readonly port?: number | undefined;
  /** Default 127.0.0.1: everyone who can reach the collector can read its events. */
  readonly host?: string | undefined;
  /** Milliseconds before each answer of the tracking API, to imitate a distant host. Default 0. */
  readonly latencyMs?: number | undefined;
}

/** A running collector. */
export interface Collector {
  /** Such as `http://127.0.0.1:4100`; the `endpoint` of `kissmetrics()`. */
  readonly url: string;
  stats(): CollectorStats & { readonly failed: number };
  /** The latest operations, newest first. */
  latest(wanted?: Wanted): Recorded[];
  /** The latest invalid requests. */
  invalid(): InvalidRequest[];
  setOutage(options: OutageOptions): void;
  /** Resets all counts. */
  reset(): void;
  close(): Promise<void>;
}

/** A 1x1 GIF, the platform's only answer. Its exact bytes are not documented. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
const PIXEL_HEADERS = { 'content-type': 'image/gif', 'content-length': PIXEL.length };
/** Longer than any sender's, so that senders close idle connections and never use one that just closed. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Starts a collector with the KISSmetrics tracking API as documented: GET and POST on /e, /s and /a, always answered with
 * 200 and a pixel. It counts as the platform does; a page and a JSON API show the result.
 */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const { port = 0, host = '127.0.0.1', latencyMs = 0 } = options;
  const ledger = new Ledger();
  const outage = new Outage();

  const answer = (response: ServerResponse): void => {
    const send = (): void => void response.writeHead(200, PIXEL_HEADERS).end(PIXEL);
    if (latencyMs > 0) setTimeout(send, latencyMs);
    else send();
  };
  const track = (path: string, parameters: string | undefined, response: ServerResponse): void => {
    if (outage.strike(response)) return;
    const now = Date.now();
    if (parameters === undefined)
      ledger.addInvalid({ problems: ['the body is too large'], path, parameters: {}, receivedAt: now });
    else {
      const operation = readOperation(path, parameters, now);
      if ('problems' in operation) ledger.addInvalid(operation);
      else ledger.add(operation, now);
    }
    answer(response);
  };

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const url = request.url ?? '/';
    const at = url.indexOf('?');
    const path = at === -1 ? url : url.slice(0, at);
    const query = at === -1 ? '' : url.slice(at + 1);
    if (kindOf(path) === undefined) return answerApi({ ledger, outage }, request, path, query, response);
    if (request.method !== 'POST') return track(path, query, response);
    readBody(request, (body) => track(path, body === undefined ? undefined : join(query, body), response));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, port, host);
  const { port: actual } = server.address() as AddressInfo;

  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    stats: () => ({ ...ledger.stats(), failed: outage.failed }),
    latest: (wanted) => ledger.latest(wanted),
    invalid: () => ledger.invalid(),
    setOutage: (wanted) => outage.set(wanted),
    reset: () => ledger.clear(),
    close: async () => {
      outage.set({ mode: 'none' });
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function join(query: string, body: string): string {
  return query === '' ? body : `${query}&${body}`;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
