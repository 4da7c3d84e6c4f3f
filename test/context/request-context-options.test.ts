import { describe, expect, test } from '@jest/globals';
import { TrackingConfigError } from '../../lib/config/tracking-config.error.js';
import { moduleRows } from '../../lib/options/module-options.js';
import { checkRows } from '../../lib/config/rows.js';

const rows = { context: moduleRows.context };
const check = (context: unknown): void => checkRows('', { context }, rows, { credentials: true });

describe('the option `context`', () => {
  test.each([
    undefined,
    {},
    { method: false, route: true, requestId: 'X-Amzn-Trace-Id', ip: 'truncated', sessions: [] },
    { requestId: false, ip: false, sessions: [() => undefined] },
  ])('lets %j pass', (options) => {
    expect(() => check(options)).not.toThrow();
  });

  test.each([
    [true, 'context', 'an object'],
    [null, 'context', 'an object'],
    [{ useragent: true }, 'context.useragent', 'userAgent'],
    [{ method: 'yes' }, 'context.method', 'true or false'],
    [{ referrer: 1 }, 'context.referrer', 'true or false'],
    [{ requestId: '' }, 'context.requestId', 'the name of a header'],
    [{ requestId: 'x request id' }, 'context.requestId', 'the name of a header'],
    [{ ip: true }, 'context.ip', "'truncated' or 'full'"],
    [{ sessions: () => undefined }, 'context.sessions', 'an array of session readers'],
    [{ sessions: ['posthog'] }, 'context.sessions[0]', 'a function'],
    [{ sessions: [() => undefined, undefined] }, 'context.sessions[1]', 'a function'],
  ])('refuses %j', (options, option, wants) => {
    const start = (): void => check(options);
    expect(start).toThrow(TrackingConfigError);
    expect(start).toThrow(`\`${option}\``);
    expect(start).toThrow(wants);
  });
});
