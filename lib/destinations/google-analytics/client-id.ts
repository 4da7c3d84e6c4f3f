import { clientId as usableId } from '../../event/client-text.js';
import { isSharedId } from '../../event/shared-ids.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import type { DestinationSetup } from '../destination.js';
import { clientIdFailed, clientIdIsNoText } from './google-analytics.messages.js';

type ClientId = (event: TrackingEvent) => string | undefined;

/** The application's function, made safe: it never throws, and never gives one client id to many people by accident. */
export function clientIdOf(
  name: string,
  ask: ClientId | undefined,
  setup: () => DestinationSetup | undefined,
): ClientId {
  if (ask === undefined) return () => undefined;
  let asking = false;
  return (event) => {
    // An event that the function records would call it again, without end.
    if (asking) return undefined;
    asking = true;
    try {
      const said: unknown = ask(event);
      if (said === undefined) return undefined;
      disown(said);
      if (typeof said !== 'string')
        setup()?.notice('resolver_error', 'clientId: no text', () => clientIdIsNoText(name));
      const usable = usableId(said);
      return usable === undefined || isSharedId(usable) ? undefined : usable;
    } catch {
      setup()?.notice('resolver_error', 'clientId', () => clientIdFailed(name));
      return undefined;
    } finally {
      asking = false;
    }
  };
}
