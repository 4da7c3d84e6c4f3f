import { describe, expect, test } from '@jest/globals';
import { globalPrivacyControl } from '../lib/capture/privacy/browser-signals.js';
import { Refusal } from '../lib/capture/call-end.js';
import { RuleRedaction } from '../lib/capture/privacy/rule-redaction.js';
import { emailAddresses, paymentCardNumbers } from '../lib/capture/privacy/text-patterns.js';
import { csvLine } from '../lib/cli/output/csv.js';
import { safeText } from '../lib/cli/output/safe-text.js';
import { cutText, textWidth } from '../lib/cli/output/text-width.js';
import { campaignOf, localeOf, referrerOf } from '../lib/context/facts.js';
import { addressAs } from '../lib/request/client-address.js';
import { fromAmplitudeCookie } from '../lib/destinations/amplitude/amplitude-cookies.js';
import { fromGoogleAnalyticsCookie } from '../lib/destinations/google-analytics/google-analytics-cookies.js';
import { encodeProperties } from '../lib/destinations/kissmetrics/properties.js';
import { fromMixpanelCookie } from '../lib/destinations/mixpanel/mixpanel-cookies.js';
import { fromPosthogCookie } from '../lib/destinations/posthog/posthog-cookies.js';
import { fromRudderstackCookies } from '../lib/destinations/rudderstack/rudderstack-cookies.js';
import { fromSnowplowCookie } from '../lib/destinations/snowplow/snowplow-cookies.js';
import { snapshot } from '../lib/event/snapshot.js';
import { endsSoon } from './support/ends-soon.js';

const LONG = 1_000_000;
const MANY = 100_000;
/** A row of a table is looked at character by character. */
const CELL = 100_000;

const COOKIES = [
  fromAmplitudeCookie(),
  fromGoogleAnalyticsCookie(),
  fromMixpanelCookie(),
  fromPosthogCookie(),
  fromRudderstackCookies(),
  fromSnowplowCookie(),
];
const NAMED = ['_ga', 'mp_a_mixpanel', 'ph_a_posthog', 'rl_anonymous_id', '_sp_id.1234'];

/** What a client's text comes to. */
const READERS: readonly ((text: string) => unknown)[] = [
  (text) => emailAddresses(text, '*'),
  (text) => paymentCardNumbers(text, '*'),
  (text) => encodeProperties({ text }, () => {}),
  (text) => encodeProperties({ [text]: 1 }, () => {}),
  (text) => csvLine([text, `+${text}`, `-1${text}!`]),
  (text) => safeText(text),
  (text) => localeOf(text),
  (text) => campaignOf({ url: `/?${text}`, headers: { referer: text } }),
  (text) => referrerOf(`https://${text}`),
  (text) => addressAs('truncated', text),
  (text) => globalPrivacyControl()({} as never, { headers: { 'sec-gpc': text } }),
  (text) => COOKIES.map((read) => read({ headers: { cookie: text } }, undefined as never)),
  (text) => {
    const cookies = Object.fromEntries(NAMED.map((name) => [name, text]));
    return COOKIES.map((read) => read({ cookies }, undefined as never));
  },
  (text) => cutText(text.slice(0, CELL), 80) + String(textWidth(text.slice(0, CELL))),
];

describe('the time for a text of one million units grows with its length', () => {
  test.each<[string, string]>([
    ['letters', 'a'],
    ['digits', '1'],
    ['points', '.'],
    ['spaces', ' '],
    ['at signs', '@'],
    ['addresses', 'a@b.'],
    ['coded at signs', '%40'],
    ['domains', 'b.c.1.'],
    ['reserved characters', ' ,:_'],
    ['halves of characters', '\ud800'],
    ['flags', '\u{1f1e6}'],
    ['accented letters', 'é'],
    ['cookies', 'ph_a_posthog=1; '],
    ['parameters', 'utm_source=a&'],
  ])('where it is %s', (_, unit) => {
    const text = unit.repeat(LONG / unit.length);
    for (const read of READERS) endsSoon(() => read(text));
  });
});

const members = (name: (n: number) => string): Record<string, number> =>
  Object.fromEntries(Array.from({ length: MANY }, (_, n) => [name(n), n]));

describe('the time for an object of a hundred thousand members grows with their number', () => {
  test.each<[string, (n: number) => string]>([
    ['clean to one text', (n) => `a${n}@b.cd`],
    ['clean to names that others have', (n) => (n % 2 === 0 ? `a${n}@b.cd` : `[redacted] ${n}`)],
  ])('where rules clean their names and they %s', (_, name) => {
    const rules = new RuleRedaction({ values: [emailAddresses] }, 100_000_000);
    const who = { userId: 'ann' };
    const parts = {
      name: 'Sent',
      timestamp: 0,
      who,
      groupId: undefined,
      previousId: undefined,
      context: undefined,
    };
    const left = endsSoon(() => rules.apply({ ...parts, properties: snapshot(members(name), 100_000_000) }));
    if (left instanceof Refusal) throw new Error(left.reason);
    expect(Object.keys(left.properties.value)).toHaveLength(MANY);
  });

  test.each<[string, string]>([
    ['a long name', 'n'],
    ['a long name that is reserved', ' _'],
  ])('where they stand below %s for KISSmetrics', (_, unit) => {
    const below = { [unit.repeat(LONG)]: { [unit.repeat(LONG)]: members((n) => `m${n}`) } };
    endsSoon(() => encodeProperties(below, () => {}));
  });
});
