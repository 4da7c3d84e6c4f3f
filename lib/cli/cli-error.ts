/** Exit codes of the command line. */
export const EXIT = {
  ok: 0,
  /** The command succeeded with a bad result: damage, an unproven erasure. */
  found: 1,
  /** The command failed. */
  failed: 2,
} as const;

/** Ends a command with a sentence for the user, without a stack. */
export class CliError extends Error {
  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
  ) {
    super(message);
  }
}

/** The reader of the output closed it, as `head` does; a normal end. */
export class OutputClosed extends Error {}
