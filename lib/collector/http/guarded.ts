import type { ServerResponse } from 'node:http';
import { failedInside } from '../collector.messages.js';
import type { Troubles } from '../troubles.js';
import { answerJson } from './answer.js';

/** Runs a part of a request. An error in it is a fault of the collector: the answer is a 500, and the collector continues. */
export function guarded(troubles: Troubles, response: ServerResponse, run: () => void): void {
  try {
    run();
  } catch (error) {
    const { name = 'Error' } = error as { name?: string };
    troubles.once('inside', () => failedInside(name));
    if (response.headersSent) response.destroy();
    else answerJson(response, 500, { error: failedInside(name) });
  }
}
