import type { Dispatcher } from 'undici';
import { badOption, checkFlag } from '../config/check-option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { Destination } from '../destinations/destination.js';
import { guarded } from '../host/guarded.js';
import { disown } from '../host/disown.js';
import { optionMessages } from './options.messages.js';
import { isPrivateHost } from '../host/private-hosts.js';
import type { NamedProxy, ProxyEnvironment } from '../host/proxy-environment.js';

/**
 * Checks that a dispatcher accepts our requests. Makes no connection.
 *
 * @throws TrackingConfigError
 */
export function checkDispatcher(option: string, given: unknown): void {
  if (given === undefined) return;
  const dispatcher = given as Partial<Dispatcher> | null;
  if (typeof dispatcher?.dispatch !== 'function') {
    throw badOption(option, given, 'an undici Dispatcher, such as an Agent, a ProxyAgent or a MockAgent');
  }
  if (speaksOldInterface(dispatcher as Dispatcher)) {
    throw new TrackingConfigError(option, optionMessages.oldDispatcher(option));
  }
}

/**
 * Checks that no dispatcher is set where only public addresses are allowed: it makes its own connections, unchecked.
 *
 * @param shared the dispatcher of the module
 * @throws TrackingConfigError
 */
export function checkPrivateHosts(destinations: readonly Destination[], shared: unknown): void {
  destinations.forEach(({ allowPrivateHosts, dispatcher }, index) => {
    const option = `destinations[${index}].allowPrivateHosts`;
    checkFlag(option, allowPrivateHosts);
    if (allowPrivateHosts === false && (dispatcher ?? shared) !== undefined) {
      throw new TrackingConfigError(option, optionMessages.uncheckedHosts(option));
    }
  });
}

/**
 * Dispatches a request without host and path, with a handler of both interfaces. The dispatcher rejects the request through
 * the interface that it knows. One that calls neither, such as a MockAgent, is accepted.
 */
function speaksOldInterface(dispatcher: Dispatcher): boolean {
  let spoken: 'old' | 'new' | undefined;
  const pass = (): boolean => true;
  const handler = {
    onRequestStart(controller: Dispatcher.DispatchController) {
      spoken ??= 'new';
      controller.abort(new Error('tried'));
    },
    onResponseStart: pass,
    onResponseData: pass,
    onResponseEnd: pass,
    onResponseError: () => void (spoken ??= 'new'),
    onConnect(abort: (reason: Error) => void) {
      spoken ??= 'old';
      abort(new Error('tried'));
    },
    onHeaders: pass,
    onData: pass,
    onComplete: pass,
    onError: () => void (spoken ??= 'old'),
  };
  // A dispatcher may also reject by throwing, which does not show its interface.
  guarded(() => {
    disown(
      dispatcher.dispatch({} as Dispatcher.DispatchOptions, handler as unknown as Dispatcher.DispatchHandler),
    );
  });
  return spoken === 'old';
}

/**
 * Checks that the proxies of the environment can be used by destinations without a dispatcher.
 *
 * @param shared the dispatcher of the module
 * @throws TrackingConfigError
 */
export function checkProxies(
  destinations: readonly Destination[],
  shared: unknown,
  proxies: ProxyEnvironment,
): void {
  if (!proxies.inUse || connecting(destinations, shared).length === 0) return;
  for (const proxy of [proxies.http, proxies.https]) {
    if (proxy !== undefined && !isProxyUrl(proxy.url)) {
      throw new TrackingConfigError(proxy.variable, optionMessages.badProxy(proxy.variable));
    }
  }
  // None of these has a dispatcher: checkPrivateHosts() rejects that combination.
  destinations.forEach((destination, index) => {
    if (destination.allowPrivateHosts !== false) return;
    const proxy = proxies.for(urlOf(destination));
    if (proxy === undefined) return;
    const option = `destinations[${index}].allowPrivateHosts`;
    throw new TrackingConfigError(option, optionMessages.uncheckedProxy(option, proxy.variable));
  });
}

/** A proxy that the environment names without `NODE_USE_ENV_PROXY`, and the destinations that would use it. */
export function unusedProxy(
  destinations: readonly Destination[],
  shared: unknown,
  proxies: ProxyEnvironment,
): { readonly variable: string; readonly names: readonly string[] } | undefined {
  if (proxies.inUse) return undefined;
  const found = connecting(destinations, shared).flatMap((destination): [string, NamedProxy][] => {
    const url = urlOf(destination);
    // A private address is rarely reached through a proxy.
    const proxy = url === undefined || isPrivateHost(url) ? undefined : proxies.for(url);
    return proxy === undefined ? [] : [[destination.name, proxy]];
  });
  const [first] = found;
  return first && { variable: first[1].variable, names: found.map(([name]) => name) };
}

/** Destinations without a dispatcher. */
function connecting(destinations: readonly Destination[], shared: unknown): readonly Destination[] {
  return destinations.filter(({ dispatcher }) => (dispatcher ?? shared) === undefined);
}

/** The URL of a destination, which is the first member of its account. */
function urlOf({ account }: Destination): string | undefined {
  const [place = ''] = account ?? [];
  const url = /^https?:\/\//i.test(place) ? place : `https://${place}`;
  return URL.canParse(url) && /\w\.\w/.test(place) ? url : undefined;
}

function isProxyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  const isDecodable = guarded(() => decodeURIComponent(username + password)) !== undefined;
  return isDecodable && (protocol === 'http:' || protocol === 'https:');
}
