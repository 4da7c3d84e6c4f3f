import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import type { JournalCommand } from '../journal-child.js';

// The primary of a cluster: its workers are applications that share one journal's directory. It passes on what it is told.
const here = (file: string): string => fileURLToPath(new URL(`./${file}`, import.meta.url));
cluster.setupPrimary({
  exec: here('journal-application.ts'),
  execArgv: ['--import', here('typescript.mjs')],
  args: [process.argv[2]!],
  stdio: ['ignore', 1, 2, 3, 'ipc'],
});
for (let worker = 0; worker < Number(process.argv[3]); worker++) cluster.fork();
cluster.on('message', (_worker, answer) => void process.send?.(answer));
process.on('message', (command: JournalCommand & { readonly id: number; readonly worker: number }) => {
  const worker = cluster.workers?.[command.worker];
  if (command.do !== 'kill') worker?.send(command);
  else {
    worker?.once('exit', () => process.send?.({ id: command.id, value: undefined }));
    worker?.process.kill('SIGKILL');
  }
});
// Without their primary the workers are nobody's.
process.on('disconnect', () => {
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill('SIGKILL');
  process.exit();
});
