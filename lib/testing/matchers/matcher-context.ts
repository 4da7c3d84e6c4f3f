/** What both Jest and Vitest give a matcher as `this`, as far as it is used here. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly promise?: string;
  readonly customTesters?: unknown[];
  equals(a: unknown, b: unknown, testers?: unknown[]): boolean;
  readonly utils: {
    matcherHint(
      name: string,
      received?: string,
      expected?: string,
      options?: { readonly isNot?: boolean; readonly promise?: string; readonly secondArgument?: string },
    ): string;
    printExpected(value: unknown): string;
    printReceived(value: unknown): string;
    diff(expected: unknown, received: unknown, options?: object): string | null | undefined;
    readonly iterableEquality: unknown;
    readonly subsetEquality: unknown;
  };
}

/** What a matcher returns. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}
