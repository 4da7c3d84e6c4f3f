import { expect, test } from '@jest/globals';
import { destinationConformance } from '../../../lib/testing/index.js';
import { acme, ACME } from './acme.js';
import { BROKEN } from './broken-destinations.js';
import { brokenRules } from './broken-rules.js';

test.each(BROKEN)('a destination that breaks the rule %s alone: it %s', async (rule, _, says, fault) => {
  const broken = await brokenRules({
    ...ACME,
    create: (options, credentials) => {
      const good = acme(options, credentials);
      return { ...good, ...fault(good, credentials, options) };
    },
  });
  expect(Object.keys(broken)).toEqual([rule]);
  expect(broken[rule]).toMatch(says);
});

test('every rule has a destination that breaks it', () => {
  const rules = destinationConformance(ACME).map(({ rule }) => rule);
  const broken = new Set(BROKEN.map(([rule]) => rule));
  expect(rules.filter((rule) => !broken.has(rule))).toEqual([]);
});
