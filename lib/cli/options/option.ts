import { Option } from 'commander';

/** One option of a command; `T` is the type of its value. */
export interface OptionRow<T> {
  parser(now: () => number): Option;
  readonly value?: T;
}

/** The values of a command's options, under the names of their rows. */
export type ValuesOf<Rows> = {
  readonly [Name in keyof Rows]: Rows[Name] extends OptionRow<infer T> ? T : never;
};

/** Reads a value. Throws an `InvalidArgumentError` for an invalid one. */
export type Parser<T> = (text: string, previous: T | undefined, now: number) => T;

type Unparsed<Flags extends string> = Flags extends `${string}<${string}` ? string : boolean;

/** An option without a value, or one whose value may be any text. */
export function option<Flags extends string>(
  flags: Flags,
  description: string,
): OptionRow<Unparsed<Flags> | undefined> {
  return { parser: () => new Option(flags, description) };
}

export function parsed<T>(flags: string, description: string, parse: Parser<T>): OptionRow<T | undefined> {
  const read = (now: () => number) => (text: string, previous: T | undefined) => parse(text, previous, now());
  return { parser: (now) => new Option(flags, description).argParser(read(now)) };
}

export function required<T>(row: OptionRow<T>): OptionRow<NonNullable<T>> {
  return { parser: (now) => row.parser(now).makeOptionMandatory() };
}

export function withDefault<T>(row: OptionRow<T>, value: NonNullable<T>): OptionRow<NonNullable<T>> {
  return { parser: (now) => row.parser(now).default(value) };
}

export const DRY_RUN = option('--dry-run', 'only count, change nothing');
export const YES = option('-y, --yes', 'do not ask for confirmation');
