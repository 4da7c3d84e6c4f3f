import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { killRun } from '../support/kill-run.js';

// In full: npm run test:kill
it('loses no committed event, whenever the process is killed', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
  try {
    const report = await killRun({ kills: 10, seed: 20_261_123, directory });
    expect(report).toMatchObject({
      kills: 10,
      lost: [],
      doubled: [],
      invented: [],
      damaged: 0,
      resurrected: 0,
    });
    expect(report.confirmed).toBeGreaterThan(20);
    expect(report.written).toBeGreaterThan(report.confirmed);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 120_000);
