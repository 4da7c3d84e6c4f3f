import type { ScriptedAnswer } from './scripted-answer.js';

interface Running {
  readonly answer: ScriptedAnswer;
  left: number;
  readonly endsAt: number;
}

/** The scripted answers that are in force. The first that fits a request answers it. */
export class Script {
  #running: Running[] = [];

  constructor(private readonly monotonic: () => number = () => performance.now()) {}

  add(answer: ScriptedAnswer): void {
    const { requests: left = Infinity, seconds = Infinity } = answer;
    this.#running.push({ answer, left, endsAt: this.monotonic() + seconds * 1_000 });
  }

  /** Those in force. */
  get answers(): readonly ScriptedAnswer[] {
    this.#running = this.#running.filter(({ left, endsAt }) => left > 0 && endsAt > this.monotonic());
    return this.#running.map(({ answer, left }) => ({
      ...answer,
      ...(Number.isFinite(left) && { requests: left }),
    }));
  }

  clear(): void {
    this.#running = [];
  }

  /** The answer to the next request of a platform, if one is scripted; it uses up one of its requests. */
  next(platform: string): ScriptedAnswer | undefined {
    const now = this.monotonic();
    const found = this.#running.find(
      ({ answer, left, endsAt }) =>
        left > 0 &&
        endsAt > now &&
        (answer.platform === undefined || answer.platform === platform) &&
        Math.random() < (answer.share ?? 1),
    );
    if (found === undefined) return undefined;
    found.left--;
    return found.answer;
  }
}
