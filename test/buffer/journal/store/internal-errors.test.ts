import { expect, test } from '@jest/globals';
import type { Operation } from '../../../support/faulty-files/operation.js';
import { Desk, expectBalanced } from '../commands/desk.js';
import { acceptInGroups, numbered, numberOf, offer, on, SEGMENT, SEGMENT_BYTES, upTo } from './on-disk.js';

const LANES = ['shop'];

/** An error of our own code in an operation, once. */
function failsOnce(which: (operation: Operation) => boolean): (operation: Operation) => boolean {
  let hasFailed = false;
  return (operation) => {
    if (hasFailed || !which(operation)) return false;
    hasFailed = true;
    throw new TypeError('Cannot read properties of undefined');
  };
}

test.each([
  ['writing to the journal', on('write', SEGMENT)],
  ['writing outcomes', on('write', '.acks')],
])('an error of our own code while %s leaves a trace, and costs no event', async (doing, which) => {
  const desk = new Desk(LANES);
  const application = await desk.open(LANES);
  desk.files.fail(failsOnce(which), { code: 'EIO' });
  for (const event of numbered(20)) expect(offer(application, event)).toEqual([]);
  await desk.turns(200);
  const delivered = await desk.deliver(application, 'shop');
  await desk.turns(200);

  expect(delivered.map(numberOf)).toEqual(upTo(20));
  expect(desk.spoken.spoken.errors.filter((line) => line.includes(doing))).toHaveLength(1);
  expect(desk.spoken.log.faults.internal).toBe(1);
  expectBalanced(application, LANES);
});

test.each([
  ['deleting a segment', /\/0+1-0\.jsonl$/],
  ['removing an empty segment', /\/0+101-0\.jsonl$/],
])(
  'an error of our own code while %s on a full disk leaves a trace, and costs no event',
  async (doing, path) => {
    const desk = new Desk(LANES);
    const application = await desk.open(LANES, { segmentBytes: SEGMENT_BYTES });
    await acceptInGroups(desk, application, numbered(100));
    await desk.deliver(application, 'shop');
    desk.files.fail(failsOnce(on('remove', path)), { code: 'EIO' });
    desk.files.limitFree(500);
    for (const event of numbered(20, 100)) expect(offer(application, event)).toEqual([]);
    expect(await desk.until(application.buffer.commit())).toBe('buffered');
    await desk.when(() => application.buffer.journal().state === 'open');

    expect(await desk.deliver(application, 'shop')).toHaveLength(20);
    expect(desk.spoken.spoken.errors.filter((line) => line.includes(doing))).toHaveLength(1);
    expect(desk.spoken.log.faults.internal).toBe(1);
    expectBalanced(application, LANES);
  },
);

test('an event that cannot be serialised leaves a trace, and does not stop the next ones', async () => {
  const desk = new Desk(LANES);
  const application = await desk.open(LANES);
  const [first, broken, ...others] = numbered(20);
  const properties = {
    toJSON() {
      throw new TypeError('unforeseen');
    },
  };
  const events = [first!, { ...broken!, properties: properties as never }, ...others];
  for (const event of events) expect(offer(application, event)).toEqual([]);
  await desk.turns(200);
  const delivered = await desk.deliver(application, 'shop');

  expect(delivered.map(numberOf)).toEqual(upTo(20).filter((number) => number !== 1));
  expect(desk.spoken.log.faults.internal).toBe(1);
  expect(desk.spoken.spoken.errors).toEqual([expect.stringContaining('serialising an event')]);
  expectBalanced(application, LANES);
});
