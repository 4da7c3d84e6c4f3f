import type { Answer } from './browser.js';

/** The demo knows the right status of each action; any other is a fault of the shop, and is reported. */
export function expectStatus(answer: Answer<unknown>, status: number, what: string): void {
  if (answer.status !== status) {
    throw new Error(
      `${what}: answered ${answer.status} instead of ${status} (${JSON.stringify(answer.body)})`,
    );
  }
}
