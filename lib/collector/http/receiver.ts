import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Script } from '../answers/script.js';
import type { ScriptedAnswer } from '../answers/scripted-answer.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Answer, CollectorPlatform, CollectorRequest, Reading } from '../platform.js';
import { answer } from './answer.js';
import { readBody } from './read-body.js';

const SLOW_MS = 2_000;

/** Receives the requests to the platforms: reads them, enters them in the ledger, and answers them. */
export class Receiver {
  readonly #platforms: ReadonlyMap<string, CollectorPlatform>;
  #number = 0;

  constructor(
    platforms: readonly CollectorPlatform[],
    private readonly ledger: Ledger,
    private readonly script: Script,
  ) {
    this.#platforms = new Map(platforms.map((each) => [each.name, each]));
  }

  /** Whether a path is one of a platform. */
  receives(path: string): boolean {
    return this.#platforms.has(firstPart(path));
  }

  receive(incoming: IncomingMessage, url: URL, response: ServerResponse): void {
    const platform = this.#platforms.get(firstPart(url.pathname))!;
    const scripted = this.script.next(platform.name);
    if (scripted?.answer === 'down') {
      response.destroy();
      return;
    }
    readBody(incoming, (body = '') => {
      const request: CollectorRequest = {
        method: incoming.method ?? 'GET',
        path: url.pathname.slice(platform.name.length + 1) || '/',
        query: url.searchParams,
        search: url.search.slice(1),
        headers: incoming.headers as Record<string, string>,
        body,
        receivedAt: Date.now(),
      };
      const reading = platform.read(request);
      if (reading === undefined) answer(response, { status: 404 });
      else this.#answer(platform, request, reading, scripted, url, response);
    });
  }

  #answer(
    platform: CollectorPlatform,
    { method, headers, body, receivedAt }: CollectorRequest,
    reading: Reading,
    scripted: ScriptedAnswer | undefined,
    url: URL,
    response: ServerResponse,
  ): void {
    const kind = scripted?.answer;
    const isOwn = kind === undefined || kind === 'slow' || kind === 'cut';
    const given: Answer = isOwn
      ? reading.answer
      : typeof kind === 'object'
        ? kind
        : (kind !== 'hang' && kind !== 'down' && platform.answer(kind, reading)) || { status: 500 };
    const isAnswered = kind !== 'hang' && kind !== 'cut';
    this.ledger.add(
      {
        number: ++this.#number,
        platform: platform.name,
        receivedAt,
        method,
        url: url.pathname + url.search,
        headers: headers as Record<string, string>,
        body,
        events: reading.events.length,
        status: isAnswered ? given.status : null,
        answer: isAnswered ? String(given.body ?? '') : '',
        scripted: kind === undefined ? null : typeof kind === 'object' ? 'own' : kind,
        kept: isOwn || (typeof kind === 'object' && given.status < 300),
        problems: reading.problems,
      },
      reading.events,
    );
    if (kind === 'cut') response.destroy();
    else if (kind === 'slow') setTimeout(() => answer(response, given), scripted?.delayMs ?? SLOW_MS);
    else if (kind !== 'hang') answer(response, given);
  }
}

function firstPart(path: string): string {
  const end = path.indexOf('/', 1);
  return path.slice(1, end === -1 ? undefined : end);
}
