/** Exit codes of the command line. */
export const EXIT = {
  ok: 0,
  /** It did what it was asked for, and the answer is bad: damage, an unproven erasure. */
  found: 1,
  /** It could not do what it was asked for. */
  failed: 2,
} as const;

/** Ends a command with a sentence that says what to do, without a stack. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}

/** Whoever read our output has gone, as `head` does; a normal end. */
export class OutputClosed extends Error {}
