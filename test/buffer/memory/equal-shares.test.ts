import { expect, test } from '@jest/globals';
import { memory } from '../../../lib/buffer/memory/memory.js';
import { anEvent } from '../../destinations/an-event.js';
import { bufferSetup } from '../../support/buffer-setup.js';

test('with rejectNewest, lanes with different events that never deliver leave room for the other lanes', () => {
  const refused: string[] = [];
  const buffer = memory({ maxEvents: 90, onFull: 'rejectNewest' }).create(
    bufferSetup({
      lanes: ['down', 'broken', 'healthy'],
      deadLetters: { maxEvents: 10, maxBytes: 1_000_000_000 },
      onDropped: (_held, lane) => refused.push(lane),
    }),
  );
  for (let i = 0; i < 200; i++) {
    buffer.offer(anEvent(), 300, [{ lane: 'down' }]);
    buffer.offer(anEvent(), 300, [{ lane: 'broken' }]);
  }
  for (let i = 0; i < 1_000; i++) {
    expect(buffer.offer(anEvent(), 300, [{ lane: 'healthy' }])).toBeUndefined();
    const lease = buffer.lease('healthy', { maxEvents: 1, maxBytes: 1_000 })!;
    buffer.settle('healthy', lease.token, lease.events, { state: 'delivered' });
  }
  expect(refused).toEqual([]);
  expect(buffer.ledger('down').pending + buffer.ledger('broken').pending).toBe(60);
});
