import type { Dispatcher } from 'undici';
import { badOption, checkFlag } from '../config/check-option.js';
import { TrackingConfigError } from '../config/tracking-config.error.js';
import type { Destination } from '../destinations/destination.js';
import { guarded } from '../host/guarded.js';
import { disown } from '../host/disown.js';
import { optionMessages } from './options.messages.js';

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
