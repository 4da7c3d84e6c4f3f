import { expect, test } from '@jest/globals';
import { personCall } from '../../../lib/delivery/order/person-call.js';
import { PersonQueues, type OrderedEvent } from '../../../lib/delivery/order/person-queues.js';
import { anEvent } from '../../support/an-event.js';

let position = 0;
function ordered(): OrderedEvent {
  const event = anEvent({ type: 'identify', name: 'identify', userId: 'ann' });
  const held = { event, position: ++position, bytes: 300, since: 0 };
  return { held, call: personCall(held, position), aside: undefined, yields: false, cut: undefined };
}

test('of thousands behind an event only the next ones are looked at', () => {
  const queues = new PersonQueues();
  const events = Array.from({ length: 5_000 }, ordered);
  for (const event of events) queues.add(event);
  const [key] = events[0]!.call.keys;
  expect([...queues.behind(events[10]!, key!, 50)]).toEqual(events.slice(11, 61));
  expect([...queues.behind(events[10]!, key!)]).toHaveLength(4_989);
  queues.remove(events[10]!);
  expect([...queues.behind(events[10]!, key!, 50)]).toEqual([]);
});
