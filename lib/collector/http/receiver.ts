import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../host/clock.js';
import { decide, type Decision } from '../answers/decision.js';
import type { Script } from '../answers/script.js';
import type { ScriptedAnswer } from '../answers/scripted-answer.js';
import { eventNotStored, requestRejected } from '../collector.messages.js';
import type { Ledger } from '../ledger/ledger.js';
import type { CollectorPlatform, Reading } from '../platform.js';
import type { Troubles } from '../troubles.js';
import { answer, answerFault } from './answer.js';
import { openToBrowsers } from './cors.js';
import { readBody, type Body } from './read-body.js';
import { PlatformRequest, readRequest, type RequestTarget, UNREAD } from './read-request.js';

/** Receives the requests to a platform: reads, enters and answers them, as the script says. */
export class Receiver {
  /** The platforms of the requests without an answer, so that these can be closed. */
  readonly #hanging = new Map<ServerResponse, string>();

  constructor(
    private readonly clock: Clock,
    private readonly script: Script,
    private readonly ledger: Ledger,
    private readonly troubles: Troubles,
  ) {}

  /** @param target with the platform's own path */
  receive(
    platform: CollectorPlatform,
    incoming: IncomingMessage,
    target: RequestTarget,
    response: ServerResponse,
  ): void {
    if (openToBrowsers(incoming, response)) return;
    const scripted = this.script.next(platform.name);
    if (scripted?.answer === 'down') {
      // Not read: a host that is down would not read it either.
      this.#enter(platform, incoming, target, { text: '' }, scripted);
      response.destroy();
      return;
    }
    readBody(incoming, platform, (body) => {
      answerFault(this.troubles, response, () => {
        this.#respond(platform, this.#enter(platform, incoming, target, body, scripted), response);
      });
    });
  }

  /** Closes the requests that hang: those of a platform, or all. */
  closeHanging(platform?: string): void {
    for (const [response, of] of this.#hanging) {
      if (platform === undefined || of === platform) response.destroy();
    }
  }

  #enter(
    platform: CollectorPlatform,
    incoming: IncomingMessage,
    target: RequestTarget,
    body: Body,
    scripted: ScriptedAnswer | undefined,
  ): Decision {
    const request = new PlatformRequest(incoming, target, body.text, this.clock.now());
    const isRead = scripted?.answer !== 'down';
    const reading = isRead ? readRequest(platform, request, body.fault, this.troubles) : UNREAD;
    const decision = decide(platform, reading, scripted);
    const { method, headers, receivedAt } = request;
    const { events, problems, account } = reading;
    const isAnswered = decision.ending === 'answer';
    this.ledger.add(
      {
        platform: platform.name,
        receivedAt,
        method,
        url: incoming.url ?? '/',
        headers,
        body: body.text,
        status: isAnswered ? decision.answer.status : null,
        answer: isAnswered ? String(decision.answer.body ?? '') : '',
        scripted: decision.scripted,
        kept: decision.kept,
        problems,
      },
      events,
      account,
    );
    if (decision.kept) this.#report(platform.name, decision.answer.status, reading);
    return decision;
  }

  /** Reports the first problem of each kind. */
  #report(platform: string, status: number, { problems, events }: Reading): void {
    for (const problem of problems) {
      this.troubles.once(`${platform} ${problem}`, () => requestRejected(platform, status, problem));
    }
    for (const { outcome, problems: broken } of events) {
      if (outcome === 'delivered') continue;
      // In one line: not every problem of an event is the reason for its outcome.
      const all = broken.join(' ');
      this.troubles.once(`${platform} ${outcome} ${all}`, () => eventNotStored(platform, outcome, all));
    }
  }

  #respond({ name }: CollectorPlatform, decision: Decision, response: ServerResponse): void {
    const { answer: given, ending, delayMs } = decision;
    if (ending === 'cut') response.destroy();
    else if (ending === 'hang') this.#hang(name, response);
    else if (delayMs === 0) answer(response, given);
    else {
      const timer = this.clock.after(delayMs, () =>
        answerFault(this.troubles, response, () => answer(response, given)),
      );
      response.once('close', () => timer.cancel());
    }
  }

  #hang(platform: string, response: ServerResponse): void {
    if (response.closed) return;
    this.#hanging.set(response, platform);
    response.once('close', () => this.#hanging.delete(response));
  }
}
