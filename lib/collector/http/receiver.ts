import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../host/clock.js';
import type { Hanging } from '../answers/hanging.js';
import type { Script } from '../answers/script.js';
import type { ScriptedAnswer } from '../answers/scripted-answer.js';
import type { CollectorPlatform } from '../platform.js';
import type { Troubles } from '../troubles.js';
import { answer } from './answer.js';
import { openToBrowsers } from './cors.js';
import { decide, type Decision } from './decision.js';
import { guarded } from './guarded.js';
import type { Intake } from './intake.js';
import { PlatformRequest } from './platform-request.js';
import { readBody, type Body } from './read-body.js';
import type { Reader } from './reader.js';
import type { RequestTarget } from './request-target.js';

/** What the receiver works with. */
export interface ReceiverScene {
  readonly clock: Clock;
  readonly script: Script;
  readonly hanging: Hanging;
  readonly reader: Reader;
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
      guarded(this.scene.troubles, response, () => {
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
    const { reader, intake, clock } = this.scene;
    const request = new PlatformRequest(incoming, target, body.text, clock.now());
    const reading = scripted?.answer === 'down' ? reader.unread : reader.read(platform, request, body.fault);
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
      const timer = clock.after(delayMs, () => guarded(troubles, response, () => answer(response, given)));
      response.once('close', () => timer.cancel());
    }
  }
}
