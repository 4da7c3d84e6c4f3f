import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import * as nestCommon from '@nestjs/common';
import * as nestTesting from '@nestjs/testing';
import * as tracking from 'nestjs-tracking';
import { startCollector, type Collector } from '../../lib/collector/collector.js';
import { VENDOR_BROWSERS } from '../support/vendor-browsers.js';
import { examplesOf, type Example } from './examples.js';
import { textOf } from './prose.js';
import { runExamples } from './run-examples.js';

const ADDRESS = 'http://127.0.0.1:4100';

describe('the table of endpoints', () => {
  const table = textOf('docs/collector.md');
  const ROWS = new Map(
    [...table.matchAll(/^\| `(\w+)\(\)` \| `(\w+)`.*\| `([^`]*)` \|$/gm)].map(
      ([, kind, option, value]) => [kind!, { option: option!, value: value! }] as const,
    ),
  );

  test('has a row for each platform, with its option', () => {
    const optionOf = [...VENDOR_BROWSERS].map(
      ([kind, { endpoint = 'endpoint' }]) => [kind, endpoint] as const,
    );
    const rows = [...optionOf, ['webhook', 'url'] as const].map(([kind, option]) => [
      kind,
      { option, value: `${ADDRESS}/${kind}` },
    ]);
    expect(Object.fromEntries(ROWS)).toEqual(Object.fromEntries(rows));
  });

  test.each([...ROWS])('the page of %s() has the same', (kind, { option, value }) => {
    const page = `docs/${kind.replace(/[A-Z]/g, '-$&').toLowerCase()}.md`;
    expect(textOf(page)).toContain(`\`${option}: '${value}'\``);
  });
});

describe('the example of a test', () => {
  let collector: Collector;
  beforeEach(async () => {
    collector = await startCollector({ page: '' });
    process.env['KISSMETRICS_API_KEY'] = '0'.repeat(40);
    process.env['KISSMETRICS_ENDPOINT'] = `${collector.url}/kissmetrics`;
  });
  afterEach(async () => {
    delete process.env['KISSMETRICS_API_KEY'];
    delete process.env['KISSMETRICS_ENDPOINT'];
    await collector.close();
  });

  test('passes', async () => {
    const steps: (() => Promise<void>)[] = [];
    const runner = {
      expect,
      beforeEach: (step: () => Promise<void>) => steps.push(step),
      test: (_title: string, step: () => Promise<void>) => steps.push(step),
    };
    const load = runExamples(examplesAt(collector.url), {
      vitest: runner,
      '@nestjs/common': nestCommon,
      '@nestjs/testing': nestTesting,
      'nestjs-tracking': tracking,
    });
    load('src/orders.e2e-spec.ts');
    expect(steps).toHaveLength(2);
    for (const step of steps) await step();
  });
});

/** The page's examples, with the controller of the README, which they import. */
function examplesAt(url: string): Example[] {
  const controller = examplesOf('README.md').find(({ text }) => text.includes('class OrdersController'))!;
  return [
    { ...controller, text: `// src/orders.controller.ts\n${controller.text}` },
    ...examplesOf('docs/collector-tests.md').map((each) => ({
      ...each,
      text: each.text.replace(ADDRESS, url),
    })),
  ];
}
