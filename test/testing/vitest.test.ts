import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

const config = fileURLToPath(new URL('vitest/vitest.config.ts', import.meta.url));
const vitest = fileURLToPath(new URL('../../node_modules/vitest/vitest.mjs', import.meta.url));

/** Vitest's report about the tests in `vitest/`, some of which are meant to fail. */
function run(): Promise<Report> {
  const { PATH } = process.env;
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [vitest, 'run', '--config', config, '--reporter=json'],
      { env: { PATH, NO_COLOR: '1', CI: '1' } },
      (error, stdout, stderr) => {
        try {
          resolve(JSON.parse(stdout.slice(stdout.indexOf('{'))) as Report);
        } catch {
          reject(new Error(`Vitest did not run:\n${stdout}\n${stderr}`, { cause: error }));
        }
      },
    );
  });
}

describe('the kit under Vitest', () => {
  let report: Report;
  beforeAll(async () => {
    report = await run();
  }, 120_000);

  function of(title: string): { status: string; message: string } {
    const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
    const found = results.find((result) => result.title === title);
    // eslint-disable-next-line no-control-regex -- colours
    const message = (found?.failureMessages ?? []).join('\n').replaceAll(/\u001b\[\d+m/g, '');
    return { status: found?.status ?? 'missing', message };
  }

  test.each([
    'a real application module runs, and its events are recorded at once',
    'an outage takes no time',
    'an object of vi.fn() gets the events of decorated methods',
    'with fake timers, installed before it starts, close() of the real module ends',
    'with fake timers, installed once it has started, close() of the real module ends',
  ])('passes: %s', (title) => {
    expect(of(title)).toEqual({ status: 'passed', message: '' });
  });

  test('shows how an event differs', () => {
    const { status, message } = of('FAILS: a property differs');
    expect(status).toBe('failed');
    expect(message).toContain('expect(recorder).toHaveTracked(name, expected)');
    expect(message).toContain('-     "revenue": 4,');
    expect(message).toContain('+     "revenue": 5,');
    expect(message).toContain('      "orderId": Any<String>,');
    expect(message).not.toContain('currency');
  });

  test('shows events that should not have been tracked, and why a call recorded nothing', () => {
    expect(of('FAILS: it was tracked after all').message).toContain(
      'Expected no event "Seen", but it was tracked once:',
    );
    expect(of('FAILS: it was refused').message).toContain("Not recorded: 'Seen' (rejected: unserialisable).");
  });
});
