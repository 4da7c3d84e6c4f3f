export interface CheckContext {
  /** False: credentials may be missing, because nothing is sent. */
  readonly credentials: boolean;
}

/** Throws `TrackingConfigError` for a value that the option cannot have. */
export type Check = (path: string, value: unknown, context: CheckContext) => void;

/**
 * `required`: a text that may come from the environment; it may be missing if nothing is sent. `always`: required in any case.
 * `named`: may be omitted, but must not be present and undefined.
 */
export type Presence = 'optional' | 'required' | 'always' | 'named';

/** One option: everything that the checks, factories and docs tables use, except its doc comment. */
export interface Row<T> {
  /** Its type in the docs. */
  readonly type: string;
  /** The expected value, for errors. */
  readonly expects: string;
  readonly presence: Presence;
  readonly fallback?: T | undefined;
  /** True for a text that may come from the environment: text made of a missing value, such as `undefined`, is rejected. */
  readonly isText: boolean;
  readonly check: Check;
  /** The rows of an object without a named interface: pages list them as `shutdown.timeoutMs`. */
  readonly members?: Rows | undefined;
  /** A checked value as the package uses it. */
  read(value: unknown): T;
}

/** An option that must be given. */
export interface RequiredOption<T> extends Row<T> {
  readonly presence: 'required' | 'always';
}

/** An option with a default. */
export interface DefaultedOption<T> extends Row<T> {
  readonly fallback: T;
}

export interface Option<T> extends Row<T> {
  default(value: T): DefaultedOption<T>;
  required(): RequiredOption<T | undefined>;
  /** Like `required()`, for an option that no environment variable sets: its type has no `undefined`. */
  always(): RequiredOption<T>;
  /** Fails if it is present and undefined, because an unset variable must not turn it off. */
  named(): Row<T>;
}

export type Rows = Readonly<Record<string, Row<unknown>>>;

type Value<R> = R extends Row<infer T> ? T : never;

/** The options that an application passes: members of an interface, with the doc comments of the rows. */
export type OptionsOf<Table> = {
  readonly [Name in keyof Table as Table[Name] extends RequiredOption<unknown> ? Name : never]: Value<
    Table[Name]
  >;
} & {
  readonly [Name in keyof Table as Table[Name] extends RequiredOption<unknown> ? never : Name]?:
    Value<Table[Name]> | undefined;
};

/** The options that the package uses: given values that passed their checks, and defaults. */
export type ValuesOf<Table> = {
  readonly [Name in keyof Table]: Table[Name] extends DefaultedOption<infer T>
    ? T
    : Table[Name] extends RequiredOption<infer T>
      ? T
      : Value<Table[Name]> | undefined;
};

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
    always: () => ({ ...row, presence: 'always' }),
    named: () => ({ ...row, presence: 'named' }),
  };
}
