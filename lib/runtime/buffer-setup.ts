import type { BufferSetup } from '../buffer/event-buffer.js';
import { captureMessages } from '../capture/capture.messages.js';
import { laneAccount } from '../capture/routing/lane-account.js';
import type { Delivery } from '../delivery/delivery.js';
import { idOf } from '../event/lane-event.js';
import type { JournalWatch } from '../observe/journal-watch.js';
import type { ResolvedOptions } from '../options/resolve-options.js';
import type { DoorParts } from './make-door.js';

/** The parts that a buffer reports to. */
export interface BufferListeners extends Pick<
  DoorParts,
  'keys' | 'router' | 'namespace' | 'lifecycle' | 'clock' | 'log'
> {
  readonly delivery: Delivery;
  readonly watch: JournalWatch;
}

/** Connects a buffer with the parts that it reports to. */
export function bufferSetup(options: ResolvedOptions, listeners: BufferListeners): BufferSetup {
  const { delivery, watch, keys, router, namespace, lifecycle, clock, log } = listeners;
  const destinations = options.enabled ? options.destinations : [];
  return {
    lanes: destinations.map(({ name }) => name),
    clock,
    accounts: Object.fromEntries(destinations.map((each) => [each.name, laneAccount(each)])),
    namespace: options.namespace,
    defaultNamespace: namespace.byDefault,
    maxKeyAgeMs: options.dedup.maxAgeMs,
    log,
    deadLetters: options.deadLetters,
    onWork: (lane, waiting, added) => delivery.onWork(lane, waiting, added),
    // Consent was decided only for the destinations of that time.
    admit: (event, lane) => (options.consent === undefined ? router.admit(event, lane) : undefined),
    onKey: (id, acceptedAt) => keys.recall(id, clock.now() - acceptedAt),
    onState: (...change) => watch.changed(...change),
    onDropped: (held, lane, reason, gone) => {
      // The application may record it again with the same key, unless another lane would get it twice, or older traits would
      // overwrite newer ones.
      if (gone && reason !== 'superseded') keys.forget(idOf(held));
      delivery.onDropped(lane);
      // Events that a shutdown drops were logged by the delivery.
      if (reason !== 'closed') {
        const level = reason === 'superseded' ? 'info' : 'error';
        log.limited(level, `dropped ${lane} ${reason}`, () => captureMessages.dropped(lane, reason));
      }
      if (lifecycle.observed) {
        lifecycle.emit({ type: 'dropped', at: clock.now(), lane, event: held.event, reason });
      }
    },
    onErased: (ids) => delivery.forget(ids),
    onLost: (lane, reason, count) => {
      delivery.onDropped(lane);
      if (lifecycle.observed) lifecycle.emit({ type: 'dropped', at: clock.now(), lane, reason, count });
    },
  };
}
