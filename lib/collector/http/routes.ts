import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Api } from '../api/api.js';
import { noPlatform } from '../collector.messages.js';
import type { PlatformEndpoint } from '../endpoints.js';
import type { CollectorPlatform } from '../platform.js';
import type { Troubles } from '../troubles.js';
import { answerError, answerFault } from './answer.js';
import { apiRefusal } from './api-guard.js';
import { PlatformRequest, readTarget, type RequestTarget } from './read-request.js';
import type { Receiver } from './receiver.js';
import { servePage } from './serve-page.js';

/** A path that no platform has. A platform that accepts it accepts every path, as a webhook does. */
const NO_PATH = new PlatformRequest({ method: 'POST', headers: {} }, { path: '/%', search: '' }, '', 0);

/** Routes each request to a platform, the API or the page. */
export class Routes {
  readonly #byName: ReadonlyMap<string, CollectorPlatform>;

  constructor(
    private readonly scene: {
      readonly platforms: readonly CollectorPlatform[];
      readonly receiver: Receiver;
      readonly api: Api;
      readonly troubles: Troubles;
      /** Folder of the page. */
      readonly page: string;
      readonly isLoopback: boolean;
      readonly endpoints: readonly PlatformEndpoint[];
    },
  ) {
    // Both ways of writing: most requests need no change of case.
    this.#byName = new Map(
      scene.platforms.flatMap((each) => [
        [each.name.toLowerCase(), each],
        [each.name, each],
      ]),
    );
  }

  handle(request: IncomingMessage, response: ServerResponse): void {
    answerFault(this.scene.troubles, response, () => this.#lead(request, response));
  }

  #lead(request: IncomingMessage, response: ServerResponse): void {
    const { receiver, page } = this.scene;
    const target = readTarget(request.url);
    const { path } = target;
    const first = firstPart(path);
    const platform = this.#byName.get(first) ?? this.#byName.get(first.toLowerCase());
    if (platform !== undefined) {
      const own = path.slice(first.length + 1) || '/';
      receiver.receive(platform, request, { path: own, search: target.search }, response);
    } else if (first === '_collector') this.#api(request, target, response);
    else if (!isRead(request) || !servePage(page, path, response)) this.#unknown(request, target, response);
  }

  #api(request: IncomingMessage, { path, search }: RequestTarget, response: ServerResponse): void {
    const refusal = apiRefusal(request, this.scene.isLoopback);
    if (refusal !== undefined) answerError(response, 403, refusal);
    else this.scene.api.answer(request, new URL(`${path}?${search}`, 'http://collector.invalid'), response);
  }

  #unknown(request: IncomingMessage, target: RequestTarget, response: ServerResponse): void {
    const { platforms, troubles, endpoints } = this.scene;
    const asked = new PlatformRequest(request, target, '', 0);
    const fits = (each: CollectorPlatform): boolean =>
      each.read(asked) !== undefined && each.read(NO_PATH) === undefined;
    const names = new Set(platforms.filter(fits).map(({ name }) => name));
    const sentence = noPlatform(
      endpoints.filter(({ name }) => names.has(name)),
      endpoints,
    );
    // A browser asks for an icon, for example.
    if (names.size > 0 || !isRead(request)) troubles.once('no platform', () => sentence);
    answerError(response, 404, sentence);
  }
}

/** A webhook destination that was given the address of the page must not get its 200. */
function isRead({ method }: IncomingMessage): boolean {
  return method === 'GET' || method === 'HEAD';
}

function firstPart(path: string): string {
  const end = path.indexOf('/', 1);
  return path.slice(1, end === -1 ? undefined : end);
}
