import type { Dispatcher } from 'undici';
import { badOption, checkFlag } from './config/check-option.js';
import { TrackingConfigError } from './config/tracking-config.error.js';
import type { Destination } from './destinations/destination.js';
import { disown } from './host/disown.js';
import { optionMessages } from './options.messages.js';

/**
 * Checks that requests can be handed to a dispatcher. Connects to nothing.
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
 * Checks that the addresses of a destination that may only have public ones can be checked: a dispatcher connects by itself.
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
 * Hands over a request that names no host and no path, with a handler of both interfaces. The dispatcher refuses the request
 * and tells the handler in the only interface it knows. One that tells nothing, such as a MockAgent, gets the benefit of the doubt.
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
  try {
    disown(
      dispatcher.dispatch({} as Dispatcher.DispatchOptions, handler as unknown as Dispatcher.DispatchHandler),
    );
  } catch {
    // A dispatcher may also refuse by throwing; that says nothing of its interface.
  }
  return spoken === 'old';
}
