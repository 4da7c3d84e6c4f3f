import { clientId as usableId } from '../../event/client-text.js';
import { isSharedId } from '../../event/shared-ids.js';
import type { TrackingEvent } from '../../event/tracking-event.js';
import { disown } from '../../host/disown.js';
import { guarded } from '../../host/guarded.js';
import type { DestinationSetup } from '../destination.js';
import { clientIdFailed, clientIdIsNoText } from './google-analytics.messages.js';

type ClientId = (event: TrackingEvent) => string | undefined;

/** The application's function as one that never throws, and never returns an id that many people share. */
export function clientIdOf(
  name: string,
  ask: ClientId | undefined,
  notice: DestinationSetup['notice'],
): ClientId {
  if (ask === undefined) return () => undefined;
  let isAsking = false;
  return (event) => {
    // An event that the function records would call it again, without end.
    if (isAsking) return undefined;
    isAsking = true;
    const answer = guarded(() => ({ id: ask(event) as unknown }));
    isAsking = false;
    if (answer === undefined) notice('resolver_error', 'clientId', () => clientIdFailed(name));
    if (answer?.id === undefined) return undefined;
    disown(answer.id);
    if (typeof answer.id !== 'string') {
      notice('resolver_error', 'clientId: no text', () => clientIdIsNoText(name));
    }
    const usable = usableId(answer.id);
    return usable === undefined || isSharedId(usable) ? undefined : usable;
  };
}
