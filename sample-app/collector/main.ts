import { startCollector } from './start-collector.js';

const collector = await startCollector({
  port: Number(process.env['COLLECTOR_PORT'] ?? 4_100),
  latencyMs: Number(process.env['COLLECTOR_LATENCY_MS'] ?? 0),
});
console.log(
  `Collector: ${collector.url} shows each event that arrives. ${collector.url}/_collector/stats has the counts as JSON.`,
);

const stop = (): void => void collector.close();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
