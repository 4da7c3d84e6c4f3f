import { stateless, type TextRules } from './text-rules.js';

/** The effect of the rules on a member because of its name. */
interface JudgedName {
  readonly isHidden: boolean;
  readonly name: string;
}

/** An application has some hundreds of names, unless it makes names from data. */
const MAX_NAMES = 1_000;
const MAX_NAME_LENGTH = 200;

/** Judges members by their names. Verdicts are cached, because every event has the same names. */
export class MemberNames {
  readonly #patterns: readonly RegExp[];
  readonly #known = new Map<string, JudgedName>();

  /** @param replacement the name of a member whose whole name is removed */
  constructor(
    patterns: readonly RegExp[],
    private readonly texts: TextRules | undefined,
    private readonly replacement: string,
    private readonly maxLength: number,
  ) {
    this.#patterns = patterns.map(stateless);
  }

  judge(name: string): JudgedName {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const verdict = this.#judge(name);
    if (name.length <= MAX_NAME_LENGTH) {
      if (this.#known.size >= MAX_NAMES) this.#known.clear();
      this.#known.set(name, verdict);
    }
    return verdict;
  }

  #judge(name: string): JudgedName {
    const isLong = name.length > this.maxLength;
    return {
      isHidden: this.#patterns.some((pattern) => isLong || pattern.test(name)),
      name: this.texts === undefined ? name : (this.texts.clean(name) ?? this.replacement),
    };
  }
}
