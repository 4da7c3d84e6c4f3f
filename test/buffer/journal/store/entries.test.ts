import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { LaneEntry } from '../../../../lib/event/lane-event.js';
import { readOwner } from '../../../../lib/buffer/journal/ownership/owner-file.js';
import { LaneNames } from '../../../../lib/buffer/journal/ownership/lane-names.js';
import { anyEntry } from '../../../support/an-entry.js';
import { anEvent } from '../../../support/an-event.js';
import { lettersOf } from '../../../support/letters-of.js';
import { Desk, DIRECTORY, expectBalanced, type Application } from '../commands/desk.js';

const LANES = ['shop', 'hook'];
const asJson = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);

async function accept(
  desk: Desk,
  { buffer }: Application,
  ...entries: (LaneEntry | undefined)[]
): Promise<void> {
  const routes = LANES.map((lane, i) => ({ lane, entry: entries[i] }));
  expect(buffer.offer(anEvent({ lanes: LANES }), 300, routes)).toBeUndefined();
  expect(await desk.until(buffer.commit())).toBe('committed');
}

const entriesOf = async (desk: Desk, application: Application, lane: string): Promise<unknown[]> =>
  (await desk.deliver(application, lane)).map(({ entry }) => asJson(entry));

describe('the entry of an event', () => {
  test('comes back to its lane unchanged, at once and after a crash', async () => {
    const perLane = fc.option(anyEntry, { nil: undefined });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(perLane, perLane), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (all, crashes) => {
          const desk = new Desk();
          let application = await desk.open();
          for (const entries of all) await accept(desk, application, ...entries);
          if (crashes) {
            desk.kill(application);
            application = await desk.open();
          }
          for (const [i, lane] of LANES.entries()) {
            expect(await entriesOf(desk, application, lane)).toEqual(
              all.map((entries) => asJson(entries[i])),
            );
            expect(application.buffer.waiting(lane)).toEqual({ events: 0, bytes: 0 });
          }
          expectBalanced(application);
          await desk.close(application);
        },
      ),
      { numRuns: 30 },
    );
  });

  test('counts for batches and for the memory bound', async () => {
    const desk = new Desk();
    const application = await desk.open(LANES, { maxMemoryBytes: 1_048_576 });
    const large = { properties: { text: 'x'.repeat(700_000) } };
    await accept(desk, application, { properties: { text: 'x'.repeat(200_000) } });
    expect(application.buffer.waiting('shop').bytes).toBeGreaterThan(200_000);
    expect(application.buffer.waiting('hook').bytes).toBeLessThan(1_000);
    const routes = [{ lane: 'shop', entry: large }];
    expect(application.buffer.offer(anEvent({ lanes: ['shop'] }), 300, routes)?.reason).toBe('buffer_full');
  });

  test('stays with a dead letter after a restart and a retry; the person is on disk and never shown', async () => {
    const desk = new Desk();
    const first = await desk.open();
    const entry = { browser: { anonymousId: 'visitor-1' }, person: { email: 'e'.repeat(64) } };
    await accept(desk, first, entry);
    await desk.bury(first, 'shop');
    await desk.turns(100);
    desk.kill(first);
    const second = await desk.open();
    const letters = await desk.until(lettersOf(second.buffer, 'shop'));
    expect(letters).toMatchObject([{ entry: { browser: { anonymousId: 'visitor-1' } } }]);
    expect(JSON.stringify(letters)).not.toContain('email');
    await desk.ask(second, desk.command('dead.retry', { filter: {} }));
    expect(await entriesOf(desk, second, 'shop')).toEqual([entry]);
    expect(await entriesOf(desk, second, 'hook')).toEqual([undefined]);
  });
});

test('an event whose folder was lost is written again with its entries and its withheld lanes', async () => {
  const desk = new Desk();
  const first = await desk.open();
  const entry = { name: 'purchase', properties: { value: 5 } };
  const withheld = [{ lane: 'hook', entry: { withheld: 'consent' } }] as const;
  first.buffer.offer(anEvent({ lanes: ['shop'] }), 300, [{ lane: 'shop', entry }], withheld);
  await desk.until(first.buffer.commit());
  const { folder } = first.buffer.journal();
  await desk.turns(20);
  desk.files.disk.wipe(folder!);
  await desk.when(() => ![null, folder].includes(first.buffer.journal().folder));
  await desk.when(() => first.buffer.journal().uncommitted === 0);
  await desk.turns(20);
  desk.kill(first);
  const second = await desk.open();
  expect(await entriesOf(desk, second, 'shop')).toEqual([entry]);
  const answer = await desk.ask(second, desk.command('replay', { filter: {}, to: 'all' }));
  expect(answer.value).toEqual({ events: 1, lanes: { shop: 1 } });
});

describe('a journal of the earlier format', () => {
  const fixture = fileURLToPath(new URL('format-1/', import.meta.url));
  const found = (): Desk => {
    const desk = new Desk();
    const owner = readOwner(readFileSync(`${fixture}owner.json`, 'utf8'));
    if (typeof owner === 'string') throw new Error(owner);
    const folder = `${DIRECTORY}/${owner.group}/${owner.owner}`;
    for (const name of readdirSync(fixture)) {
      desk.files.disk.put(`${folder}/${name}`, readFileSync(`${fixture}${name}`));
    }
    return desk;
  };

  test('is adopted with its notes, its outcomes and its letters', async () => {
    const desk = found();
    const application = await desk.open();
    expect(application.buffer.ledger('shop')).toMatchObject({ recovered: 3, pending: 3 });
    expect(await entriesOf(desk, application, 'shop')).toEqual([
      { note: 1_767_225_601 },
      { note: 'said "ü"' },
      undefined,
    ]);
    expect(await entriesOf(desk, application, 'hook')).toEqual([
      undefined,
      undefined,
      { note: { second: 5, name: 'x' } },
    ]);
    expect(await desk.until(lettersOf(application.buffer, 'hook'))).toMatchObject([
      { reason: 'refused', attempts: 3, answer: 'no', entry: { note: 7 } },
    ]);
    await desk.ask(application, desk.command('dead.retry', { filter: {} }));
    expect(await entriesOf(desk, application, 'hook')).toEqual([{ note: 7 }]);
    await desk.ask(application, desk.command('replay', { filter: {}, to: ['shop'] }));
    expect(await entriesOf(desk, application, 'shop')).toContainEqual({ note: 'said "ü"' });
    expect(application.buffer.journal().damaged).toBe(0);
  });
});

describe('a lane that was renamed', () => {
  const account = (key: string) => ({ kind: 'test', host: 'shop.example', key });

  test('gets the entry of the name with which the event was accepted', () => {
    const names = new LaneNames({ old: account('a'), gone: account('b') }, { shop: account('a') });
    const record = { lanes: ['old'], entries: { old: { note: 1 }, gone: { withheld: 'consent' } } };
    expect(names.recordOf(record)).toEqual({
      lanes: ['shop'],
      entries: { shop: { note: 1 }, [names.here('gone')]: { withheld: 'consent' } },
    });
  });

  test('gets the entry of the lane whose outcome counts, if several lanes were merged', () => {
    const names = new LaneNames({ one: account('a'), two: account('a') }, { two: account('a') });
    const both = { one: { note: 1 }, two: { note: 2 } };
    expect(names.recordOf({ lanes: ['one', 'two'], entries: both }).entries).toEqual({ two: { note: 2 } });
    expect(names.recordOf({ lanes: ['one'], entries: both }).entries).toEqual({ two: { note: 1 } });
    expect(names.recordOf({ lanes: ['two'], entries: { one: { note: 1 } } }).entries).toEqual({});
    const withheld = { one: { withheld: 'filtered' } };
    expect(names.recordOf({ lanes: ['hook'], entries: withheld }).entries).toEqual({
      two: { withheld: 'filtered' },
    });
  });
});
