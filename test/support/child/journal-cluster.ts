import cluster from 'node:cluster';
import { writeSync } from 'node:fs';
import type { JournalCommand } from '../journal-child.js';

/** The pipe to which the workers report, too. */
const REPORT = 3;

// The primary of a cluster: its workers are applications that share one journal's directory. It passes on commands.
const [, , program, plan, workers] = process.argv;
cluster.setupPrimary({
  exec: program!,
  args: [plan!],
  stdio: ['ignore', 1, 2, 3, 'ipc'],
});
for (let worker = 0; worker < Number(workers); worker++) cluster.fork();
cluster.on('message', (_worker, answer) => void process.send?.(answer));
process.on('message', (command: JournalCommand & { readonly id: number; readonly worker: number }) => {
  const worker = cluster.workers?.[command.worker];
  if (command.do !== 'kill') worker?.send(command);
  else {
    worker?.once('exit', () => {
      writeSync(REPORT, `answered ${command.id}\n`);
      process.send?.({ id: command.id, value: undefined });
    });
    worker?.process.kill('SIGKILL');
  }
});
// Without their primary, no process would end the workers.
process.on('disconnect', () => {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
  process.exit();
});
