import { beforeAll, describe, expect, test } from '@jest/globals';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { defineTrackingPlan } from 'nestjs-tracking';
import { openTelemetry } from 'nestjs-tracking/opentelemetry';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from 'undici';
import { z } from 'zod';
import { customDestination } from '../support/custom-destination.js';
import { JournalDisk } from '../support/journal-disk.js';
import { Scene } from '../support/tracked-application.js';

const docs = new URL('../../docs/', import.meta.url);
const readDoc = (name: string): string => readFileSync(new URL(name, docs), 'utf8');

/** Labels that Prometheus adds when it scrapes. */
const OF_PROMETHEUS = ['job', 'instance', 'le', '__name__'];
/** Added to names by the Collector, and by Prometheus for OTLP. */
const UNITS: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' };

/** A scrape of the real exporter. */
interface Scrape {
  /** The name of each metric in Prometheus; of a histogram, the name of its buckets. */
  readonly names: ReadonlySet<string>;
  /** Every name of a sample. */
  readonly samples: ReadonlySet<string>;
  readonly labels: ReadonlySet<string>;
  /** By name of a metric. */
  readonly units: ReadonlyMap<string, string>;
}

/** An application with a plan, a journal and two destinations, scraped over HTTP once it has something to count. */
async function scrape(): Promise<Scrape> {
  const exporter = new PrometheusExporter({ preventServerStart: true });
  const meter = new MeterProvider({ readers: [exporter] }).getMeter('nestjs-tracking');
  const scene = new Scene();
  const platform = await scene.server();
  const answers = ['reset', 200] as const;
  let attempts = 0;
  platform.behave(() => answers[attempts++] ?? 200);
  const picky = { name: 'picky', accept: () => ({ declined: 'unsupported' }) };
  const app = await scene.application({
    destinations: [customDestination(platform), customDestination(platform, picky)],
    options: {
      telemetry: openTelemetry({ meter }),
      buffer: new JournalDisk(scene).journal(),
      plan: defineTrackingPlan({ Paid: z.object({ amount: z.number() }) }),
    },
  });
  app.tracking.track('Paid', { amount: '12' }, { userId: 'ann' });
  app.tracking.track('Paid', { amount: 12 });
  await scene.until(app.idle);
  const server = createServer((ask, answer) => exporter.getMetricsRequestHandler(ask, answer));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const { body } = await request(`http://127.0.0.1:${port}/metrics`, { headers: { connection: 'close' } });
  const text = await body.text();
  await new Promise((resolve) => server.close(resolve));
  await scene.close();
  return readScrape(text);
}

function readScrape(text: string): Scrape {
  const all = (pattern: RegExp): string[][] => [...text.matchAll(pattern)].map((match) => match.slice(1));
  const types = all(/^# TYPE (nestjs_tracking_\w+) (\w+)$/gm) as [string, string][];
  const samples = all(/^(nestjs_tracking_\w+)\{(.*)\} /gm) as [string, string][];
  return {
    names: new Set(types.map(([name, type]) => (type === 'histogram' ? `${name}_bucket` : name))),
    samples: new Set(samples.map(([name]) => name)),
    labels: new Set(
      samples.flatMap(([, labels]) => [...labels.matchAll(/(\w+)="/g)].map((match) => match[1]!)),
    ),
    units: new Map(all(/^# UNIT (nestjs_tracking_\w+) (\S+)$/gm) as [string, string][]),
  };
}

/** Names of metrics and labels in a query. Metrics by pattern (`__name__=~"…"`) are kept as such. */
function readQuery(query: string): { metrics: string[]; patterns: RegExp[]; labels: string[] } {
  const groups = /\{[^}]*\}|\b(?:by|ignoring|on)\s*\([^)]*\)|, [a-z_]+\)$/g;
  const within = (query.match(groups) ?? []).join(' ');
  return {
    metrics: query.replaceAll(groups, ' ').match(/nestjs_tracking_\w+/g) ?? [],
    patterns: [...within.matchAll(/__name__=~"([^"]*)"/g)].map((match) => new RegExp(`^(?:${match[1]})$`)),
    labels:
      within
        .replaceAll(/"[^"]*"/g, '')
        .match(/[a-z_]{2,}/g)
        ?.filter((word) => !/^(?:by|ignoring|on)$/.test(word)) ?? [],
  };
}

/** Every string of a JSON value under these members. */
function stringsOf(value: unknown, members: ReadonlySet<string>): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    typeof each === 'string' && members.has(key) ? [each] : stringsOf(each, members),
  );
}

let scraped: Scrape;
beforeAll(async () => {
  scraped = await scrape();
});

function expectThere(query: string): void {
  const { metrics, patterns, labels } = readQuery(query);
  expect(metrics.length + patterns.length).toBeGreaterThan(0);
  for (const metric of metrics) expect([...scraped.samples]).toContain(metric);
  for (const pattern of patterns)
    expect([...scraped.samples].filter((name) => pattern.test(name))).toHaveLength(1);
  for (const label of labels) expect([...scraped.labels, ...OF_PROMETHEUS]).toContain(label);
}

test('docs/prometheus-and-grafana.md lists the names that the exporter really has', () => {
  const rows = [
    ...readDoc('prometheus-and-grafana.md').matchAll(/^\| `nestjs_tracking\.([\w.]+)` +\| `(\w+)`/gm),
  ];
  expect(rows.map((row) => row[2]!).toSorted()).toEqual([...scraped.names].toSorted());
  for (const [, instrument, name] of rows) {
    expect(name!.replace(/_(?:total|bucket)$/, '')).toBe(
      `nestjs_tracking_${instrument!.replaceAll('.', '_')}`,
    );
  }
});

test('docs/prometheus-and-grafana.md lists the names that have a unit in other exporters', () => {
  const text = readDoc('prometheus-and-grafana.md');
  const longer = [...scraped.units].flatMap(([name, unit]) =>
    UNITS[unit] === undefined ? [] : [name + UNITS[unit]],
  );
  expect(longer).toHaveLength(4);
  for (const name of longer) expect(text).toContain(`\`${name}`);
});

describe('docs/grafana-dashboard.json', () => {
  const dashboard = JSON.parse(readDoc('grafana-dashboard.json')) as {
    panels: unknown[];
    templating: unknown;
  };
  const queries = stringsOf(dashboard.panels, new Set(['expr']));
  const variables = stringsOf(dashboard.templating, new Set(['definition', 'query'])).filter(
    (query) => query !== 'prometheus',
  );

  test('names series by labels that exist', () => {
    const legends = stringsOf(dashboard.panels, new Set(['legendFormat']));
    expect(legends).toHaveLength(queries.length);
    const labels = legends.flatMap((legend) =>
      [...legend.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]),
    );
    expect([...new Set(labels)].filter((label) => ![...scraped.labels, 'instance'].includes(label!))).toEqual(
      [],
    );
  });

  test.each([...queries, ...variables])('queries existing series: %s', (query) => {
    expectThere(query);
  });

  test('finds the names with units, too', () => {
    const longer = [...scraped.units].flatMap(([name, unit]) =>
      UNITS[unit] === undefined ? [] : [name + UNITS[unit]],
    );
    const patterns = queries.flatMap((query) => readQuery(query).patterns);
    for (const name of longer) {
      const found = [name, `${name}_bucket`].filter((each) => patterns.some((pattern) => pattern.test(each)));
      expect({ name, found: found.length }).toEqual({ name, found: 1 });
    }
  });
});

test('alerts of the docs query existing series', () => {
  const pages = readdirSync(docs).filter((name) => name.endsWith('.md'));
  const blocks = pages.flatMap((name) => [...readDoc(name).matchAll(/```yaml\n([\s\S]*?)```/g)]);
  const alerts = blocks.map(([, block]) => block!).filter((block) => block.includes('expr:'));
  expect(alerts.length).toBeGreaterThan(0);
  for (const alert of alerts) expectThere(alert.replaceAll(/^.*(?:alert|for|name|#).*$/gm, ''));
});
