import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { emailAddresses, paymentCardNumbers } from '../../../lib/capture/privacy/text-patterns.js';
import { webhook } from '../../../lib/destinations/webhook/webhook.js';
import { expectAccounted } from '../../support/accounting.js';
import { Shop, tracking } from '../../support/tracking.js';

const MARK = 'h-u-n-t-e-r';
const MAIL = `${MARK}@example.com`;
const CARD = '4111 1111 1111 1111';

/** What a caller may hand over that holds one of the three somewhere: text, number, name, object that writes itself, Map, Set. */
const hiding: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(
      MAIL,
      `to ${MAIL}, now`,
      CARD,
      Number(CARD.replaceAll(' ', '')),
      MARK.toUpperCase(),
    ),
    fc.constantFrom<unknown>(
      { toJSON: () => ({ mail: MAIL }) },
      new Map([[MAIL, 1]]),
      new Set([CARD]),
      new String(MAIL),
    ),
    fc.string(),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', MAIL, `card ${CARD}`, 'secret'), tie('value'), { maxKeys: 4 }),
    tie('value').map((value) => ({ secret: value, 'the Secret': [MARK, { MARK }] })),
  ),
})).value;

test('nothing that rules remove reaches a destination, a request, or an observer', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(hiding, hiding), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      (calls, remove) => {
        const shop = new Shop();
        const told: unknown[] = [];
        const { service, clock, platform } = tracking({
          destinations: [webhook({ url: 'http://hook.example/' }), shop],
          hashIds: { secret: 'a secret of at least 32 characters' },
          redact: {
            paths: ['properties.list.*.deep', 'context.who'],
            keys: [/secret/i],
            values: [emailAddresses, paymentCardNumbers, /h-u-n-t-e-r/giy],
            remove,
          },
        });
        service.lifecycle$.subscribe((event) => told.push(event));
        for (const [one, other] of calls) {
          service.track(
            `Note ${MAIL}`,
            { one, list: [{ deep: MARK }] },
            { userId: MAIL, context: { other, who: MARK } },
          );
        }
        clock.advance(86_400_000);
        const sent = platform.received.map(({ body }) => body).join('\n');
        expect(service.stats().accepted).toBe(calls.length);
        expect(sent).toContain('Note ');
        const seen = sent + JSON.stringify([shop.events, told]);
        expect(seen).not.toMatch(/h-u-n-t-e-r|4111 ?1111/i);
        expectAccounted(service.stats());
      },
    ),
  );
});
