/** The members of a matcher's `this` that Jest and Vitest share and this package uses. */
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

/** The result of a matcher. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}
