import { expect, test } from '@jest/globals';
import type { BrowserClaims } from '../../lib/index.js';
import { cookieHeader, VENDOR_BROWSERS, vendorDestination } from '../support/vendor-browsers.js';
import { textOf } from './prose.js';

const [START] = textOf('docs/browser-ids.md').split('\n## ');
const ROWS = START!.matchAll(/^\| (`\w+\(\)`.*?) \|(.*)\|$/gm);

/** The cells behind the names of destinations, by each name. */
const CELLS = new Map(
  [...ROWS].flatMap(([, names, cells]) =>
    [...names!.matchAll(/`(\w+)\(\)`/g)].map(
      ([, name]) => [name!, cells!.split('|').map((cell) => cell.trim())] as const,
    ),
  ),
);

test.each([...VENDOR_BROWSERS])('the table of browser ids says what %s() reads', (name, { cookies }) => {
  const request = { headers: { cookie: cookieHeader(cookies) } };
  const { resolvers = [] } = vendorDestination(name, 'http://127.0.0.1:9');
  const claims = Object.assign({}, ...resolvers.map((read) => read(request))) as BrowserClaims;
  const yes = (claim: unknown): string => (claim === undefined ? '' : 'yes');
  const [reads, ...ids] = CELLS.get(name)!;
  expect(ids).toEqual([yes(claims.anonymousId), yes(claims.sessionId), yes(claims.clickIds)]);
  // A part of a name in angle brackets is a project's or a site's own.
  const patterns = [...reads!.matchAll(/`([^`]+)`/g)].map(
    ([, pattern]) => new RegExp(`^${pattern!.replaceAll('.', '\\.').replace(/<[^>]*>/g, '.+')}$`),
  );
  for (const cookie of Object.keys(cookies)) {
    expect([cookie, patterns.some((pattern) => pattern.test(cookie))]).toEqual([cookie, true]);
  }
});
