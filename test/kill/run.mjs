// node test/kill/run.mjs --kills=200 [--seed=1]
//
// Kills an application under load again and again, and shows that every event arrives whose record() was committed or that
// was in the journal when the process died. test/faults/journal-kill.test.ts is its short form.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import '../support/child/typescript.mjs';
import { option } from './option.mjs';

const { killRun } = await import('../support/kill-run.ts');

const directory = await mkdtemp(join(tmpdir(), 'nestjs-tracking-kill-'));
const began = performance.now();
const report = await killRun({
  kills: option('kills', 200),
  seed: option('seed', Math.floor(Math.random() * 2 ** 32)),
  directory,
  onKill: (kills, { offered, confirmed, written }) => {
    if (kills % 20 === 0) console.log({ kills, offered, confirmed, written });
  },
});
const { lost, doubled, invented, forgotten, damaged, resurrected } = report;
console.log({ ...report, seconds: Math.round((performance.now() - began) / 1_000) });
const bad = lost.length + doubled.length + invented.length + forgotten.length + damaged + resurrected;
if (bad === 0) await rm(directory, { recursive: true });
else {
  console.log(`the journal is kept in ${directory}`);
  process.exitCode = 1;
}
