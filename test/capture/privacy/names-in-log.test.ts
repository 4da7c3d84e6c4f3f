import { expect, test } from '@jest/globals';
import { emailAddresses } from '../../../lib/capture/privacy/text-patterns.js';
import type { TrackingModuleOptions } from '../../../lib/options/module-options.js';
import { ANN, Shop, tracking } from '../../support/tracking.js';

const MAIL = 'ann@example.com';
const NAME = `Invited ${MAIL}`;
const RULES: TrackingModuleOptions['redact'] = { values: [emailAddresses] };

/** The log lines of refused calls, each before or after its name was cleaned. */
function said(redact: TrackingModuleOptions['redact']): string[] {
  const { service, spoken } = tracking({
    redact,
    maxEventBytes: 2_000,
    destinations: [new Shop(), new Shop('picky', { accept: () => ({ declined: 'unsupported' }) })],
    consent: ({ properties }) => {
      if ('consent' in properties) throw new Error('the hook is broken');
      return 'allow';
    },
  });
  service.track(NAME, {});
  service.track(NAME, {}, { userId: 'undefined' });
  service.track(NAME, {}, { ...ANN, anonymousId: {} as string });
  service.track(NAME, {}, { ...ANN, key: '' });
  service.track(NAME, {}, { ...ANN, timestamp: Number.NaN });
  service.track(NAME, [], ANN);
  service.track(NAME, { large: 'x'.repeat(5_000) }, ANN);
  service.track(NAME, {}, { ...ANN, destinations: ['nobody'] });
  service.track(NAME, {}, { ...ANN, destinations: ['picky'] });
  service.track(NAME, { consent: 1 }, ANN);
  service.track(NAME + 'x'.repeat(1_000), {}, ANN);
  service.track(
    NAME,
    {},
    {
      get key(): string {
        throw new Error('a getter');
      },
      ...({} as object),
    },
  );
  return spoken.warnings;
}

test('the log has a refused name as it would have been stored', () => {
  const lines = said(RULES);
  expect(lines.length).toBeGreaterThan(8);
  expect(lines.join('\n')).not.toContain(MAIL);
  expect(lines.filter((line) => line.includes('Invited [redacted]')).length).toBeGreaterThan(8);
  // Without the rule they are what the test believes they are.
  expect(said(undefined).every((line) => line.includes(MAIL))).toBe(true);
});

test('the log has no name if a pattern throws, or the whole name is removed', () => {
  const broken = (): string => {
    throw new Error('a broken pattern');
  };
  for (const redact of [
    { values: [broken] },
    { values: [/.+/s], remove: true },
    { values: [/x/], maxTextLength: 5 },
  ]) {
    const lines = said(redact);
    expect(lines.length).toBeGreaterThan(8);
    expect(lines.join('\n')).not.toContain(MAIL);
    expect(lines[0]).toContain("'[redacted]'");
  }
});

test('the log has the name that a hook returned, if the event is refused after it', () => {
  const { service, spoken } = tracking({
    redact: (event) => ({ ...event, name: 'Invited' }),
    destinations: [new Shop('picky', { accept: () => ({ declined: 'unsupported' }) })],
  });
  service.track(NAME, {}, ANN);
  expect(spoken.warnings).toEqual([expect.stringContaining("event 'Invited' was not recorded")]);
});
