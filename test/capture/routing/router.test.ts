import { describe, expect, test } from '@jest/globals';
import { Router } from '../../../lib/capture/routing/router.js';
import type { Destination } from '../../../lib/destinations/destination.js';
import { toEventJson } from '../../../lib/event/event-json.js';
import type { TrackingEvent } from '../../../lib/event/tracking-event.js';
import { anEvent } from '../../destinations/an-event.js';

const encode = (): never => {
  throw new Error('not sent here');
};
const destination = (name: string, rest: Partial<Destination> = {}): Destination => ({
  name,
  encode,
  ...rest,
});
const ofBytes = (router: Router, bytes: number, fill = 'x'): TrackingEvent => {
  const empty = anEvent({ properties: { text: '' }, lanes: router.all } as Partial<TrackingEvent>);
  const rest = bytes - Buffer.byteLength(JSON.stringify(toEventJson(empty)));
  return { ...empty, properties: { text: fill.repeat(rest / Buffer.byteLength(fill)) } };
};

describe('a router', () => {
  const small = destination('small', { limits: { maxEventBytes: 2_000 } });

  test.each(['x', 'é'])(
    'lets a destination decline what is larger than it takes, to the byte (%s)',
    (fill) => {
      const router = new Router([small, destination('large')]);
      const fits = ofBytes(router, 2_000, fill);
      const larger = { ...fits, name: `${fits.name}!` };
      const size = JSON.stringify(fits).length;
      expect(Buffer.byteLength(JSON.stringify(toEventJson(fits)))).toBeGreaterThan(1_998);

      expect(router.route({ event: fits, size }).declined).toEqual([]);
      const { routes, declined } = router.route({ event: { ...larger, name: `${larger.name}!!` }, size });
      expect(declined).toEqual([{ lane: 'small', reason: 'too_large' }]);
      expect(routes).toEqual([{ lane: 'large' }]);
    },
  );

  test('limits an event to the bytes of a batch if that limit is lower', () => {
    const router = new Router([destination('tight', { batch: { maxBytes: 1_000 } })]);
    const event = ofBytes(router, 1_001);
    expect(router.route({ event, size: 1_001 }).declined).toEqual([{ lane: 'tight', reason: 'too_large' }]);
  });

  test('does not measure an event that cannot be too large', () => {
    const router = new Router([small]);
    const event = anEvent({ lanes: router.all });
    Object.defineProperty(event, 'properties', {
      get() {
        throw new Error('measured');
      },
    });
    expect(router.route({ event, size: 300 }).declined).toEqual([]);
  });

  test('declines for a destination that throws, and asks the others', () => {
    const broken = destination('broken', { accept: encode });
    const router = new Router([broken, destination('sound')]);
    const { routes, declined } = router.route({ event: anEvent({ lanes: router.all }), size: 300 });
    expect(declined).toMatchObject([{ lane: 'broken', reason: 'encode_error' }]);
    expect(routes).toEqual([{ lane: 'sound' }]);
  });

  test.each([
    ['consent', 'consent'],
    ['__proto__', 'unsupported'],
    ['because', 'unsupported'],
    [true, 'unsupported'],
    [null, 'unsupported'],
  ])('declines for a destination that says %p as %p', (given, reason) => {
    const router = new Router([destination('loose', { accept: () => ({ declined: given }) as never })]);
    const { declined } = router.route({ event: anEvent({ lanes: router.all }), size: 300 });
    expect(declined).toEqual([{ lane: 'loose', reason }]);
  });

  test.each([
    [{ declined: undefined }, { lane: 'loose' }],
    [{ note: undefined }, { lane: 'loose' }],
    [
      { declined: undefined, note: 1 },
      { lane: 'loose', entry: { note: 1 } },
    ],
  ])('takes %p for no refusal', (said, route) => {
    const router = new Router([destination('loose', { accept: () => said as never })]);
    const { routes } = router.route({ event: anEvent({ lanes: router.all }), size: 300 });
    expect(routes).toEqual([route]);
  });

  test('decides for only one lane if an event is replayed to it', () => {
    const asked: string[] = [];
    const accept = ({ name, lanes }: TrackingEvent) => {
      asked.push(lanes.join());
      return name === 'no' ? { declined: 'unsupported' as const } : { note: 1 };
    };
    const router = new Router([destination('old', { accept: encode }), destination('new', { accept })]);
    expect(router.admit(anEvent({ lanes: ['new'] }), 'new')).toEqual({ lane: 'new', entry: { note: 1 } });
    expect(router.admit(anEvent({ name: 'no', lanes: ['new'] }), 'new')).toBeUndefined();
    expect(router.admit(anEvent(), 'unknown')).toBeUndefined();
    expect(asked).toEqual(['new', 'new']);
  });

  test('declines for a destination whose answer throws when it is read', () => {
    const said = {
      get declined() {
        return encode();
      },
    };
    const router = new Router([destination('broken', { accept: () => said }), destination('sound')]);
    const { routes, declined } = router.route({ event: anEvent({ lanes: router.all }), size: 300 });
    expect(routes).toEqual([{ lane: 'sound' }]);
    expect(declined).toMatchObject([{ lane: 'broken', reason: 'encode_error' }]);
  });
});
