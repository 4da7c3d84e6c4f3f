import { expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Files, OpenFile } from '../../../../lib/buffer/journal/files/files.js';
import { nodeFiles } from '../../../../lib/buffer/journal/files/node-files.js';
import { LaneNames } from '../../../../lib/buffer/journal/ownership/lane-names.js';
import { Acknowledger } from '../../../../lib/buffer/journal/store/acknowledger.js';
import { JournalFolder, Segment } from '../../../../lib/buffer/journal/store/segment.js';
import { ManualClock } from '../../../support/manual-clock.js';
import { aLog } from '../../../support/spoken-log.js';

const DELIVERED = { state: 'delivered' } as const;
/** Would end a sync without end. */
const MAX_SYNCS = 20;

test('a sync ends although outcomes are written in the meantime', async () => {
  const path = mkdtempSync(join(tmpdir(), 'nestjs-tracking-outcomes-'));
  let syncs = 0;
  const files: Files = {
    ...nodeFiles,
    open: async (...given) => {
      const file = await nodeFiles.open(...given);
      return Object.assign(Object.create(file) as OpenFile, {
        write: (bytes: Uint8Array, at: number) => file.write(bytes, at),
        close: () => file.close(),
        sync: async () => {
          if (++syncs < MAX_SYNCS) await write(syncs);
          await file.sync();
        },
      });
    },
  };
  const acknowledger = new Acknowledger({ files, clock: new ManualClock(), log: aLog().log });
  const folder = new JournalFolder(path, 'origin', LaneNames.own);
  const name = { name: '0000000000000000-0', firstSeq: 0, generation: 0 };
  const segment = new Segment(folder, name, (settled) => acknowledger.mark(settled));
  const write = async (seq: number): Promise<void> => {
    segment.settle('shop', seq, DELIVERED);
    await acknowledger.write();
  };

  await write(0);
  await acknowledger.sync();
  expect(syncs).toBe(1);
  await acknowledger.sync();
  expect(syncs).toBe(2);

  await acknowledger.close();
  rmSync(path, { recursive: true });
});
