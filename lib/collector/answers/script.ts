import type { Clock } from '../../host/clock.js';
import { tooManyAnswers } from '../collector.messages.js';
import { CollectorError, MAX_ANSWERS } from './check-scripted-answers.js';
import type { ScriptedAnswer } from './scripted-answer.js';

interface Running {
  readonly answer: ScriptedAnswer;
  left: number;
  readonly endsAt: number;
}

/** The scripted answers that are in force. The first one that matches a request answers it. */
export class Script {
  #running: Running[] = [];

  constructor(
    private readonly scene: {
      readonly clock: Pick<Clock, 'monotonic'>;
      /** Returns a number from 0 to less than 1. */
      readonly random: () => number;
      /** Names of the platforms that can reject single events. */
      readonly rejecting: ReadonlySet<string>;
      /** Closes the requests that hang: those of a platform, or all. */
      readonly onClear: (platform?: string) => void;
    },
  ) {}

  /** Adds checked answers; all of them or, with an error, none. @throws CollectorError if there are too many */
  add(...answers: readonly ScriptedAnswer[]): void {
    this.#removeEnded();
    if (this.#running.length + answers.length > MAX_ANSWERS)
      throw new CollectorError(tooManyAnswers(MAX_ANSWERS));
    const now = this.scene.clock.monotonic();
    for (const answer of answers) {
      const { requests: left = Infinity, seconds = Infinity } = answer;
      this.#running.push({ answer, left, endsAt: now + seconds * 1_000 });
    }
  }

  /** Those in force, with the requests and seconds that are left. */
  get answers(): readonly ScriptedAnswer[] {
    this.#removeEnded();
    const now = this.scene.clock.monotonic();
    return this.#running.map(({ answer, left, endsAt }) => ({
      ...answer,
      ...(Number.isFinite(left) && { requests: left }),
      ...(Number.isFinite(endsAt) && { seconds: Math.ceil(endsAt - now) / 1_000 }),
    }));
  }

  /** Ends those of one platform only, or all; and closes the requests that hang there. */
  clear(platform?: string): void {
    this.#running = this.#running.filter(
      ({ answer }) => platform !== undefined && answer.platform !== platform,
    );
    this.scene.onClear(platform);
  }

  /** The answer to the next request of a platform, if one is scripted; it uses up one of its requests. */
  next(platform: string): ScriptedAnswer | undefined {
    if (this.#running.length === 0) return undefined;
    this.#removeEnded();
    const found = this.#running.find(({ answer }) => this.#fits(answer, platform));
    if (found === undefined) return undefined;
    found.left--;
    return found.answer;
  }

  #fits({ answer, platform, share = 1 }: ScriptedAnswer, name: string): boolean {
    if (
      platform === undefined
        ? answer === 'events-rejected' && !this.scene.rejecting.has(name)
        : platform !== name
    )
      return false;
    return share >= 1 || this.scene.random() < share;
  }

  #removeEnded(): void {
    const now = this.scene.clock.monotonic();
    const isOver = ({ left, endsAt }: Running): boolean => left <= 0 || endsAt <= now;
    if (this.#running.some(isOver)) this.#running = this.#running.filter((each) => !isOver(each));
  }
}
