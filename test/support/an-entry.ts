import fc from 'fast-check';
import type { LaneEntry } from '../../lib/event/lane-event.js';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('Zürich 漢字 😀', '"\\\n\t\u0000', '\ud800', '{"lanes":["a"],"seq":7}', 'x'.repeat(5_000)),
);
const anyObject = fc.dictionary(anyText, fc.jsonValue({ maxDepth: 3 }), {
  noNullPrototype: true,
  maxKeys: 6,
}) as fc.Arbitrary<NonNullable<LaneEntry['properties']>>;
const texts = fc.dictionary(fc.string(), anyText, { noNullPrototype: true, maxKeys: 4 });

/** Any data that one lane may have about an event, after JSON. */
export const anyEntry: fc.Arbitrary<LaneEntry> = fc
  .record(
    {
      note: fc.oneof(anyText, fc.integer(), fc.record({ at: fc.integer(), as: anyText })),
      browser: fc.record(
        { anonymousId: anyText, sessionId: fc.oneof(anyText, fc.integer()), clickIds: texts },
        { requiredKeys: [], noNullPrototype: true },
      ),
      name: anyText,
      properties: anyObject,
      stripped: fc.record({ id: fc.uuid(), anonymousId: fc.uuid() }, { noNullPrototype: true }),
      person: texts,
      consent: fc.record(
        { advertising: fc.constantFrom('allow', 'drop', 'strip'), fields: anyObject },
        { requiredKeys: [], noNullPrototype: true },
      ),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  // Without -0, which JSON turns into 0.
  .map((entry) => JSON.parse(JSON.stringify(entry)) as LaneEntry);

/** An entry by its number: none, a note, browser ids, or a large one. */
export function entryOf(lane: string, number: number): LaneEntry | undefined {
  switch (number % 4) {
    case 0:
      return undefined;
    case 1:
      return { note: `note of ${lane}` };
    case 2:
      return { browser: { anonymousId: `visitor ${number} of ${lane} 😀`, sessionId: number } };
    default:
      return {
        name: `Ordered "${lane}"`,
        properties: { text: 'ü'.repeat(number % 2_000), lane },
        person: { email: 'e'.repeat(64) },
      };
  }
}
