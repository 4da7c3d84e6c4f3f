import { stateless, type TextRules } from './text-rules.js';

/** What rules say of a member because of its name. */
export interface NameVerdict {
  /** Its value is nobody's to see. */
  readonly isHidden: boolean;
  /** What it is called from now on. */
  readonly name: string;
}

/** Names that are remembered; an application has some hundreds, one that makes names of data has no bound. */
const MAX_NAMES = 1_000;
/** Longer names are hardly names, and would make what is remembered large. */
const MAX_NAME_LENGTH = 200;

/** Judges members by their names. The same names come with every event, so that verdicts are kept. */
export class MemberNames {
  readonly #patterns: readonly RegExp[];
  readonly #known = new Map<string, NameVerdict>();

  /** @param replacement the name of a member of whose own nothing may stay */
  constructor(
    patterns: readonly RegExp[],
    private readonly texts: TextRules | undefined,
    private readonly replacement: string,
    private readonly maxLength: number,
  ) {
    this.#patterns = patterns.map(stateless);
  }

  judge(name: string): NameVerdict {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const verdict = this.#judge(name);
    if (name.length <= MAX_NAME_LENGTH) {
      if (this.#known.size >= MAX_NAMES) this.#known.clear();
      this.#known.set(name, verdict);
    }
    return verdict;
  }

  #judge(name: string): NameVerdict {
    if (name.length > this.maxLength)
      return { isHidden: this.#patterns.length > 0, name: this.#cleaned(name) };
    return {
      isHidden: this.#patterns.some((pattern) => pattern.test(name)),
      name: this.#cleaned(name),
    };
  }

  #cleaned(name: string): string {
    return this.texts === undefined ? name : (this.texts.clean(name) ?? this.replacement);
  }
}
