import { expect, test } from '@jest/globals';
import { DEAD_LETTERS_FILE, DeadLetters } from '../../../../lib/buffer/journal/store/dead-letters.js';
import { LaneNames } from '../../../../lib/buffer/journal/ownership/lane-names.js';
import { JournalFolder } from '../../../../lib/buffer/journal/store/journal-folder.js';
import { nodeFiles } from '../../../../lib/buffer/journal/files/node-files.js';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anEvent } from '../../../support/an-event.js';
import { ManualClock } from '../../../support/manual-clock.js';

const DAY_MS = 86_400_000;

test('a file of letters that come and go stays short, and keeps those that are left', async () => {
  const path = mkdtempSync(join(tmpdir(), 'nestjs-tracking-letters-'));
  try {
    const folder = new JournalFolder(path, 'origin', LaneNames.own);
    const letters = new DeadLetters(nodeFiles, new ManualClock(), () => folder, DAY_MS);
    const text = 'x'.repeat(4_000);
    let largest = 0;
    for (let round = 0; round < 40; round++) {
      for (let n = 0; n < 100; n++) {
        const event = anEvent({ properties: { n, text } });
        letters.add({ event, lane: 'shop', reason: 'refused', attempts: 1 }, round * 100 + n + 1, () => {});
      }
      await letters.write();
      for (const kept of letters.of('shop').slice(0, -10)) letters.remove(kept, 'dropped');
      await letters.write();
      largest = Math.max(largest, statSync(join(path, DEAD_LETTERS_FILE)).size);
    }

    // 16 MB were written.
    expect(largest).toBeLessThan(6_000_000);
    const loaded = await letters.load(folder);
    expect(loaded.map(({ letter }) => letter.event.id)).toEqual(
      letters.of('shop').map(({ letter }) => letter.event.id),
    );
  } finally {
    rmSync(path, { recursive: true });
  }
});
