import type { Answer } from './browser.js';

/** The demo knows what each action must answer; anything else is a fault of the shop, and ends up in the report. */
export function expectStatus(answer: Answer<unknown>, status: number, what: string): void {
  if (answer.status !== status) {
    throw new Error(
      `${what}: answered ${answer.status} instead of ${status} (${JSON.stringify(answer.body)})`,
    );
  }
}
