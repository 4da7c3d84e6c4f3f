import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journal } from '../../../lib/buffer/journal/journal.js';
import { hashPerson } from '../../../lib/capture/matching/normalise-person.js';
import type { ConsentAnswer } from '../../../lib/capture/privacy/privacy-options.js';
import type { BrowserClaims } from '../../../lib/event/identity.js';
import type { LaneEvent } from '../../../lib/event/lane-event.js';
import type { PersonData } from '../../../lib/event/person-data.js';
import { RequestScope, runInScope } from '../../../lib/identity/scope/request-scope.js';
import type { TrackingModuleOptions } from '../../../lib/options/module-options.js';
import { commandLine } from '../../cli/command-line.js';
import { systemClock } from '../../../lib/host/clock.js';
import { resolveOptions } from '../../../lib/options/resolve-options.js';
import { TrackingRuntime } from '../../../lib/runtime/tracking.runtime.js';
import { TrackingService } from '../../../lib/tracking.service.js';
import { aLog } from '../../support/spoken-log.js';
import { expectAccounted } from '../../support/accounting.js';
import { ANN, Shop, tracking, type Tracking } from '../../support/tracking.js';

const ANNS: PersonData = { email: 'Ann@Example.com', phone: '+49 30 901820' };
const hashed = (person: PersonData): unknown => hashPerson(person, () => {});

/** An ad platform that records the data of people, and a platform that needs none. */
class Ads extends Shop {
  readonly needs = ['person'] as const;
  readonly people: (LaneEvent['person'] | null)[] = [];

  override encode(batch: readonly LaneEvent[]) {
    this.people.push(...batch.map(({ person }) => person ?? null));
    return super.encode(batch);
  }
}

type Running = Tracking & {
  readonly ads: Ads;
  readonly sent: (notRouted?: Record<string, number>) => Promise<readonly unknown[]>;
};

function start(options: Partial<TrackingModuleOptions> = {}): Running {
  const ads = new Ads('ads');
  const running = tracking({ destinations: [ads, new Shop()], ...options });
  const sent = async (notRouted?: Record<string, number>): Promise<readonly unknown[]> => {
    const flushed = running.runtime.flush();
    running.clock.advance(10_000);
    await flushed;
    expectAccounted(running.service.stats(), notRouted);
    return ads.people;
  };
  return { ...running, ads, sent };
}

/** Runs in a request with a verified user, as after a guard. */
function asRequest<T>(request: object, fn: () => T): T {
  return runInScope(new RequestScope(request), fn);
}

describe('the data of a person', () => {
  test('is passed by a call, hashed, and sent only to the destination that needs it', async () => {
    const { service, sent, ads } = start();
    service.track('Order Completed', { n: 1 }, { ...ANN, person: ANNS });
    service.track('Order Completed', { n: 2 }, ANN);
    expect(await sent()).toEqual([hashed(ANNS), null]);
    expect(ads.events.map((event) => JSON.stringify(event)).join()).not.toMatch(/person|ann@example/i);
  });

  test('is read from the request by identity.person', async () => {
    const seen: unknown[] = [];
    const { service, sent } = start({
      identity: { person: (request: { user: PersonData }) => (seen.push(request), request.user) },
    });
    const request = { user: { id: 'ann', ...ANNS } };
    asRequest(request, () => {
      service.track('One');
      service.track('Two', {}, { person: { email: 'other@example.com' } });
      service.track('Three', {}, { person: null });
      service.track('Four', {}, { userId: 'ann' });
    });
    expect(await sent()).toEqual([hashed(ANNS), hashed({ email: 'other@example.com' }), null, hashed(ANNS)]);
    expect(seen).toEqual([request, request]);
  });

  test('of the request is not used for another person: of a call, of runAs(), of the fallback', async () => {
    const { service, sent } = start({
      identity: { person: () => ANNS, fallback: { userId: 'service:billing' } },
    });
    asRequest({ user: { id: 'ann' } }, () => {
      service.track('One', {}, { userId: 'bob' });
      service.track('Two', {}, { anonymousId: 'visitor' });
      service.runAs({ userId: 'bob' }, () => service.track('Three'));
    });
    asRequest({}, () => service.track('Four'));
    service.track('Five');
    expect(await sent()).toEqual([null, null, null, null, null]);
  });

  test('is not read if no destination of the event needs it', async () => {
    let asked = 0;
    const person = (): PersonData => (asked++, ANNS);
    const { service, sent } = start({ identity: { person } });
    asRequest({ user: { id: 'ann' } }, () => service.track('One', {}, { destinations: ['shop'] }));
    expect(await sent({ ads: 1 })).toEqual([]);
    const without = tracking({ identity: { person } });
    asRequest({ user: { id: 'ann' } }, () => without.service.track('One', {}, { person: ANNS }));
    expect(asked).toBe(0);
  });

  test('is not read if the destination declines the event', async () => {
    let asked = 0;
    const ads = new Ads('ads', { accept: () => ({ declined: 'unsupported' }) });
    const { service } = tracking({
      destinations: [ads, new Shop()],
      identity: { person: () => (asked++, ANNS) },
    });
    asRequest({ user: { id: 'ann' } }, () => service.track('One'));
    expect(asked).toBe(0);
  });

  test('is removed with consent, and with an identity that a hook changes', async () => {
    const stripped = start({ consent: () => 'strip' });
    stripped.service.track('One', {}, { ...ANN, person: ANNS });
    expect(await stripped.sent()).toEqual([null]);
    const changed = start({ redact: (event) => Object.assign(event, { userId: 'somebody' }) });
    changed.service.track('One', {}, { ...ANN, person: ANNS });
    expect(await changed.sent()).toEqual([null]);
    const kept = start({
      hashIds: { secret: 'a secret of at least 32 characters' },
      redact: (event) => event,
    });
    kept.service.track('One', {}, { ...ANN, person: ANNS });
    expect(await kept.sent()).toEqual([hashed(ANNS)]);
  });

  test.each<[string, ConsentAnswer]>([
    ['by a word', 'strip'],
    ['by purpose', { analytics: 'strip', advertising: 'strip' }],
  ])(
    'stays away from an event that lost its person %s, whatever a hook does after that',
    async (_how, said) => {
      const { service, sent } = start({ consent: () => said, redact: (event) => ({ ...event }) });
      service.track('Order Completed', {}, { ...ANN, person: ANNS });
      expect(await sent()).toEqual([null]);
    },
  );

  test('of the request is not used for a visitor with another browser', async () => {
    const ads = new Ads('ads', { resolvers: [({ at }: { at: BrowserClaims }) => at] });
    const { service, sent } = start({ destinations: [ads], identity: { person: () => ANNS } });
    const other = { browserIds: { ads: { anonymousId: 'another' } } };
    asRequest({ at: { anonymousId: 'here' } }, () => {
      service.runAs(other, () => service.track('Seen'));
      service.track('Seen', {}, other);
      service.track('Seen');
      service.runAs(service.identity()!, () => service.track('Seen'));
    });
    await sent();
    expect(ads.people).toEqual([null, null, hashed(ANNS), hashed(ANNS)]);
  });

  test('of a held event is that of its request, and later changes of the object have no effect', async () => {
    const { service, sent } = start({
      identity: { person: (request: { user: PersonData }) => request.user },
    });
    const person = { ...ANNS };
    const request = { user: { id: 'ann', ...ANNS } as PersonData };
    await service.hold(() => {
      service.track('One', {}, { ...ANN, person });
      asRequest(request, () => service.track('Two'));
      person.email = 'changed@example.com';
      request.user = { email: 'changed@example.com' };
    });
    expect(await sent()).toEqual([hashed(ANNS), hashed(ANNS)]);
  });

  test('that is unusable is left out and logged, without a value', async () => {
    const { service, sent, spoken } = start();
    service.track('One', {}, { ...ANN, person: { ...ANNS, email: 'hunter2', country: 'hunter2land' } });
    service.track('Two', {}, { ...ANN, person: 'hunter2@example.com' as never });
    service.track('Three', {}, { ...ANN, person: Promise.reject(new Error('hunter2')) as never });
    expect(await sent()).toEqual([hashed({ phone: ANNS.phone }), null, null]);
    expect(service.stats().notices).toEqual({ invalid_person: 4 });
    expect(spoken.warnings).toHaveLength(4);
    expect(spoken.all.join()).not.toContain('hunter2');
  });

  test.each<[string, () => unknown]>([
    ['throws', () => thrower()],
    ['returns a promise', () => Promise.reject(new Error('hunter2'))],
  ])('a resolver that %s is counted and skipped', async (_, person) => {
    const { service, sent, spoken } = start({ identity: { person: person as never } });
    asRequest({ user: { id: 'ann' } }, () => service.track('One'));
    expect(await sent()).toEqual([null]);
    expect(service.stats().notices).toEqual({ resolver_error: 1 });
    expect(spoken.all.join()).not.toContain('hunter2');
  });

  test('a resolver that records events is not called without end', async () => {
    const { service, sent } = start({ identity: { person: () => (service.track('Asked'), ANNS) } });
    asRequest({ user: { id: 'ann' } }, () => service.track('One'));
    expect(await sent()).toHaveLength(2);
  });
});

function thrower(): never {
  throw new Error('hunter2');
}

/** Every byte below a folder. */
function bytesBelow(path: string): string {
  if (!statSync(path).isDirectory()) return readFileSync(path, 'latin1');
  return readdirSync(path)
    .map((name) => bytesBelow(join(path, name)))
    .join('\n');
}

test('no plain value is on the disk, in signals, in an export or in the log', async () => {
  const word = fc.stringMatching(/^[a-z]{8,12}$/);
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 3 }), async (words) => {
      const directory = mkdtempSync(join(tmpdir(), 'nestjs-tracking-'));
      try {
        const told: unknown[] = [];
        const { log, spoken } = aLog();
        const options = resolveOptions({
          destinations: [new Ads('ads'), new Shop()],
          buffer: journal({ directory }),
          shutdown: { timeoutMs: 0 },
        });
        const runtime = new TrackingRuntime(options, systemClock, log);
        await runtime.opened();
        const service = new TrackingService(runtime);
        service.lifecycle$.subscribe((event) => told.push(event));
        for (const secret of words) {
          const person = {
            email: `${secret}@example.com`,
            phone: secret,
            firstName: secret,
            lastName: secret,
            city: secret,
            state: secret,
            postalCode: secret,
            country: secret,
            gender: secret,
            dateOfBirth: secret,
          };
          await service.record('Order Completed', { n: 1 }, { ...ANN, person });
        }
        await runtime.close();
        const disk = bytesBelow(directory);
        const exported = await commandLine(['-C', directory, 'export']);
        await new Promise((resolve) => setImmediate(resolve));
        expect(disk).toContain('person');
        expect(exported.out).toContain('Order Completed');
        expect(exported.out).not.toContain('person');
        for (const seen of [disk, exported.out, exported.err, JSON.stringify(told), spoken.all.join('\n')]) {
          for (const secret of words) expect(seen).not.toContain(secret);
        }
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    }),
    { numRuns: 5 },
  );
});
