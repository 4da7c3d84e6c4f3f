import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Fifo } from '../../lib/buffer/fifo.js';

test('a queue behaves as an array that is used at both ends', () => {
  const commands = fc.array(fc.constantFrom('push', 'push', 'push', 'shift', 'shift', 'pushFirst'), {
    maxLength: 300,
  });
  fc.assert(
    fc.property(commands, (all) => {
      const fifo = new Fifo<number>();
      const model: number[] = [];
      all.forEach((what, i) => {
        if (what === 'push') model.push((fifo.push(i), i));
        else if (what === 'pushFirst') model.unshift((fifo.pushFirst(i), i));
        else expect(fifo.shift()).toBe(model.shift());
        expect({ length: fifo.length, first: fifo.first }).toEqual({ length: model.length, first: model[0] });
      });
    }),
  );
});

test('a queue works as before after it grew large and became empty', () => {
  const fifo = new Fifo<number>();
  for (let round = 0; round < 3; round++) {
    for (let i = 0; i < 10_000; i++) fifo.push(i);
    for (let i = 0; i < 10_000; i++) expect(fifo.shift()).toBe(i);
    expect(fifo.shift()).toBeUndefined();
    fifo.pushFirst(7);
    expect(fifo.shift()).toBe(7);
  }
});
