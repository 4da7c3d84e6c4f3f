import { eventDropped, eventRejected, requestRejected } from '../collector.messages.js';
import type { Ledger } from '../ledger/ledger.js';
import type { CollectorPlatform, Reading } from '../platform.js';
import type { Troubles } from '../troubles.js';
import type { Decision } from './decision.js';
import type { PlatformRequest } from './platform-request.js';

/** Enters requests and their events in the ledger, and reports the first problem of each kind. */
export class Intake {
  constructor(
    private readonly ledger: Ledger,
    private readonly troubles: Troubles,
  ) {}

  /** @param url of the request as it came */
  enter(
    { name: platform }: CollectorPlatform,
    { method, headers, body, receivedAt }: PlatformRequest,
    url: string,
    { events, problems, account }: Reading,
    { answer, ending, scripted, kept }: Decision,
  ): void {
    const isAnswered = ending === 'answer';
    this.ledger.add(
      {
        platform,
        receivedAt,
        method,
        url,
        headers,
        body,
        status: isAnswered ? answer.status : null,
        answer: isAnswered ? String(answer.body ?? '') : '',
        scripted,
        kept,
        problems,
      },
      events,
      account,
    );
    if (!kept) return;
    for (const problem of problems) {
      this.troubles.once(`${platform} ${problem}`, () => requestRejected(platform, answer.status, problem));
    }
    for (const { outcome, problems: broken } of events) {
      if (outcome !== 'delivered') this.#tell(platform, outcome, broken);
    }
  }

  #tell(platform: string, outcome: 'rejected' | 'dropped', problems: readonly string[]): void {
    const told = outcome === 'rejected' ? eventRejected : eventDropped;
    // In one line: not every problem of an event is the reason for its outcome.
    const all = problems.join(' ');
    this.troubles.once(`${platform} ${outcome} ${all}`, () => told(platform, all));
  }
}
