/** What a check knows besides the value. */
export interface CheckContext {
  /** False: credentials may be missing, because nothing is sent. */
  readonly credentials: boolean;
}

/** Throws `TrackingConfigError` for a value that the option cannot have. */
export type Check = (path: string, value: unknown, context: CheckContext) => void;

/** `named`: may be left out, but not be present and undefined. */
export type Presence = 'optional' | 'required' | 'named';

/** One option: all that the checks, the factories and the tables of the docs know of it, except its doc comment. */
export interface Row<T> {
  /** As the docs show it. */
  readonly type: string;
  /** As an error says it. */
  readonly expects: string;
  readonly presence: Presence;
  readonly fallback?: T | undefined;
  /** True for a text that comes from the environment: one that is made of a missing value is none. */
  readonly isText: boolean;
  readonly check: Check;
  /** A checked value as the package uses it. */
  read(value: unknown): T;
}

/** An option that must be given. */
export interface RequiredOption<T> extends Row<T> {
  readonly presence: 'required';
}

/** An option with a default. */
export interface DefaultedOption<T> extends Row<T> {
  readonly fallback: T;
}

/** An option that may be left out. */
export interface Option<T> extends Row<T> {
  default(value: T): DefaultedOption<T>;
  required(): RequiredOption<T>;
  /** Fails where it is present and undefined, because a variable that is not set must not turn it off. */
  named(): Row<T>;
}

export type Rows = Readonly<Record<string, Row<unknown>>>;

type Value<R> = R extends Row<infer T> ? T : never;

/** What an application may give: the members of an interface, with the doc comments of the rows. */
export type OptionsOf<Table> = {
  readonly [Name in keyof Table as Table[Name] extends RequiredOption<unknown> ? Name : never]:
    Value<Table[Name]> | undefined;
} & {
  readonly [Name in keyof Table as Table[Name] extends RequiredOption<unknown> ? never : Name]?:
    Value<Table[Name]> | undefined;
};

/** What the package works with: given values that passed their checks, and defaults. */
export type ValuesOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends DefaultedOption<infer T>
    ? T
    : Value<Table[Name]> | undefined;
};

/** A kind of option. */
export function option<T>(
  type: string,
  expects: string,
  check: Check,
  { isText = false, read = (value) => value as T }: Partial<Pick<Row<T>, 'isText' | 'read'>> = {},
): Option<T> {
  const row = { type, expects, check, isText, read, presence: 'optional' as const };
  return {
    ...row,
    default: (fallback) => ({ ...row, fallback }),
    required: () => ({ ...row, presence: 'required' }),
    named: () => ({ ...row, presence: 'named' }),
  };
}
