import { Ledger } from '../../lib/collector/ledger/ledger.js';
import type { CollectorPlatform, ReadEvent } from '../../lib/collector/platform.js';
import type { ReceivedRequest } from '../../lib/collector/ledger/received.js';

/** A platform for the ledger that reads no requests itself. */
export const aPlatform = (name: string, more: Partial<CollectorPlatform> = {}): CollectorPlatform => ({
  name,
  title: name.toUpperCase(),
  read: () => undefined,
  answer: () => undefined,
  ...more,
});

export const anEvent = (more: Partial<ReadEvent> = {}): ReadEvent => ({
  kind: 'track',
  name: 'Signed Up',
  id: null,
  userId: 'ada',
  anonymousId: null,
  time: null,
  properties: {},
  outcome: 'delivered',
  problems: [],
  repetition: undefined,
  ...more,
});

/** A ledger of two platforms, and a way to enter requests. */
export class ALedger {
  readonly ledger: Ledger;
  #number = 0;

  constructor(platforms: readonly CollectorPlatform[] = [aPlatform('one'), aPlatform('two')]) {
    this.ledger = new Ledger(platforms);
  }

  add(events: readonly ReadEvent[], more: Partial<ReceivedRequest> = {}, account?: string): void {
    const request: Parameters<Ledger['add']>[0] = {
      platform: 'one',
      receivedAt: 1_767_225_600_000 + ++this.#number,
      method: 'POST',
      url: '/one/batch',
      headers: { host: '127.0.0.1' },
      body: '',
      status: 200,
      answer: '',
      scripted: null,
      kept: true,
      problems: [],
      ...more,
    };
    this.ledger.add(request, events, account);
  }
}
