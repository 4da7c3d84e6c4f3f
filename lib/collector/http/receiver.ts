import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../host/clock.js';
import type { Hanging } from '../answers/hanging.js';
import type { Script } from '../answers/script.js';
import type { ScriptedAnswer } from '../answers/scripted-answer.js';
import type { CollectorPlatform } from '../platform.js';
import type { Troubles } from '../troubles.js';
import { answer, answerFault } from './answer.js';
import { openToBrowsers } from './cors.js';
import { decide, type Decision } from './decision.js';
import type { Intake } from './intake.js';
import { PlatformRequest, type RequestTarget } from './platform-request.js';
import { readBody, type Body } from './read-body.js';
import { readRequest, UNREAD } from './read-request.js';

export interface ReceiverScene {
  readonly clock: Clock;
  readonly script: Script;
  readonly hanging: Hanging;
  readonly intake: Intake;
  readonly troubles: Troubles;
}

/** Receives the requests to a platform: reads, enters and answers them, as the script says. */
export class Receiver {
  constructor(private readonly scene: ReceiverScene) {}

  /** @param target with the platform's own path */
  receive(
    platform: CollectorPlatform,
    incoming: IncomingMessage,
    target: RequestTarget,
    response: ServerResponse,
  ): void {
    if (openToBrowsers(incoming, response)) return;
    const scripted = this.scene.script.next(platform.name);
    if (scripted?.answer === 'down') {
      // Not read: a host that is down would not read it either.
      this.#enter(platform, incoming, target, { text: '' }, scripted);
      response.destroy();
      return;
    }
    readBody(incoming, platform, (body) => {
      answerFault(this.scene.troubles, response, () => {
        this.#respond(platform, this.#enter(platform, incoming, target, body, scripted), response);
      });
    });
  }

  #enter(
    platform: CollectorPlatform,
    incoming: IncomingMessage,
    target: RequestTarget,
    body: Body,
    scripted: ScriptedAnswer | undefined,
  ): Decision {
    const { intake, clock, troubles } = this.scene;
    const request = new PlatformRequest(incoming, target, body.text, clock.now());
    const isRead = scripted?.answer !== 'down';
    const reading = isRead ? readRequest(platform, request, body.fault, troubles) : UNREAD;
    const decision = decide(platform, reading, scripted);
    intake.enter(platform, request, incoming.url ?? '/', reading, decision);
    return decision;
  }

  #respond(
    platform: CollectorPlatform,
    { answer: given, ending, delayMs }: Decision,
    response: ServerResponse,
  ): void {
    if (ending === 'cut') response.destroy();
    else if (ending === 'hang') this.scene.hanging.add(platform.name, response);
    else if (delayMs === 0) answer(response, given);
    else {
      const { clock, troubles } = this.scene;
      const timer = clock.after(delayMs, () =>
        answerFault(troubles, response, () => answer(response, given)),
      );
      response.once('close', () => timer.cancel());
    }
  }
}
