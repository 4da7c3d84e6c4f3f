import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { collectorRuns } from '../cli.messages.js';
import type { Program } from '../program.js';

interface CollectorCommandOptions {
  readonly port: string;
  readonly host: string;
  readonly only?: string;
}

/** `collector`: a local stand-in for the endpoints of all platforms. */
export function addCollector(program: Program): void {
  const command = program
    .command('collector')
    .description(
      'run a local stand-in for the endpoints of all platforms, with a page that shows what arrives',
    )
    .option('--port <number>', 'port to listen on; 0 for any free port', '4100')
    .option('--host <address>', 'address to listen on; who can reach it can read all events', '127.0.0.1')
    .option('--only <platforms>', 'names of platforms, separated by commas');
  program.journalless(command, async ({ terminal }, { port, host, only }: CollectorCommandOptions) => {
    const interrupted = terminal.interruption();
    const { startCollector } = await import('../../collector/collector.js');
    const collector = await startCollector({
      port: Number(port),
      host,
      only: only?.split(','),
      page: fileURLToPath(new URL('../../collector/page/', import.meta.url)),
    });
    await terminal.write(`${collectorRuns(collector.url)}\n`);
    if (!interrupted.aborted) await once(interrupted, 'abort');
    await collector.close();
  });
}
