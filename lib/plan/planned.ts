/**
 * Names the application's tracking plan, once, so that `track`, `record`, `identify`, `group` and `@Track` know its
 * events wherever they are used. Without it they accept every name and every object.
 *
 * @example
 * ```ts
 * declare module 'nestjs-tracking' {
 *   interface Register {
 *     plan: typeof plan;
 *   }
 * }
 * ```
 */
// eslint-disable-next-line typescript/no-empty-object-type -- declaration merging fills it
export interface Register {}

/** The registered plan; undefined without one. */
export type RegisteredPlan = Register extends { readonly plan: infer Plan } ? Plan : undefined;

/*
 * The types of the registered plan. Plan and application may be large, so each call resolves only the event that it names:
 * no type here is recursive or iterates over all events. `npm run bench:types` measures it.
 */

type Events = RegisteredPlan extends { readonly events: infer E } ? E : {};
type Traits = RegisteredPlan extends { readonly traits: infer T } ? T : {};

/** The input type of a schema. */
type InputOf<Schema> = Schema extends {
  readonly '~standard': { readonly types?: { readonly input: infer Input } | undefined };
}
  ? Input
  : object;

/** Names of the registered plan's events; any string without a registered plan. */
export type EventName = RegisteredPlan extends undefined ? string : Extract<keyof Events, string>;

/** Names that recorded events may have: those of the plan, and the types that have no name of their own. */
export type RecordedName = RegisteredPlan extends undefined
  ? string
  : Extract<keyof (Events & Record<'identify' | 'group' | 'alias', unknown>), string>;

/** The properties of an event of the registered plan, as callers pass them; any object without a registered plan. */
export type EventProperties<Name extends EventName> = PropertiesOf<Name>;

/**
 * A name, if the plan has it. Calls infer it from `string`, not from the names of the plan: the compiler would also check the
 * bound of the inferred type, which would be all events.
 */
export type PlannedName<Name extends string> = RegisteredPlan extends undefined
  ? Name
  : Name extends EventName
    ? Name
    : EventName;

/** Like {@link EventProperties}, for a name that may not be in the plan. */
export type PropertiesOf<Name extends string> = RegisteredPlan extends undefined
  ? object
  : InputOf<SchemaOf<Name>>;

/** A separate type, so that the compiler does not compute the union of all schemas. */
type SchemaOf<Name extends string> = string extends Name
  ? unknown
  : Events extends { readonly [Only in Name]: infer Schema }
    ? Schema
    : unknown;

/** The arguments after an event's name. Properties may be omitted if none of them is required. */
export type EventArguments<Name extends string, Options> = RegisteredPlan extends undefined
  ? [properties?: object, options?: Options]
  : After<InputOf<SchemaOf<Name>>, Options>;

type After<Properties, Options> = {} extends Properties
  ? [properties?: Properties, options?: Options]
  : [properties: Properties, options?: Options];

/** Traits of a person; any object if the plan does not define them. */
export type IdentifyTraits = Traits extends { readonly identify: infer Schema } ? InputOf<Schema> : object;

/** Traits of a group; any object if the plan does not define them. */
export type GroupTraits = Traits extends { readonly group: infer Schema } ? InputOf<Schema> : object;

/** The arguments after a group's id. */
export type GroupArguments<Options> = {} extends GroupTraits
  ? [traits?: GroupTraits, options?: Options]
  : [traits: GroupTraits, options?: Options];
