import type { RegisteredPlan } from './register.js';
import type { TrackingPlan } from './tracking-plan.js';

/*
 * What the compiler is told of the registered plan. An application has hundreds of calls, so each of them looks up one member
 * of one mapped type: nothing here recurs, and no union of all events is gone through for a call.
 */

type Events = RegisteredPlan extends TrackingPlan<infer E, infer _> ? E : {};
type Traits = RegisteredPlan extends TrackingPlan<infer _, infer T> ? T : {};
type Inputs = { readonly [Name in keyof Events]: InputOf<Events[Name]> };

/** What callers give to a schema. */
type InputOf<Schema> = Schema extends {
  readonly '~standard': { readonly types?: { readonly input: infer Input } | undefined };
}
  ? Input
  : object;

/** Names of the registered plan's events; any string where there is none. */
export type EventName = RegisteredPlan extends undefined ? string : Extract<keyof Events, string>;

/** What an event of the registered plan holds, as callers give it; any object where there is none. */
export type EventProperties<Name extends EventName> = RegisteredPlan extends undefined
  ? object
  : Name extends keyof Inputs
    ? Inputs[Name]
    : never;

/** What follows an event's name: properties may be left out where none of them is required. */
export type EventArguments<Name extends EventName, Options> = RegisteredPlan extends undefined
  ? [properties?: object, options?: Options]
  : {} extends EventProperties<Name>
    ? [properties?: EventProperties<Name>, options?: Options]
    : [properties: EventProperties<Name>, options?: Options];

/** What is known of a person: any object where the plan does not say it. */
export type IdentifyTraits = Traits extends { readonly identify: infer Schema } ? InputOf<Schema> : object;

/** What is known of a group: any object where the plan does not say it. */
export type GroupTraits = Traits extends { readonly group: infer Schema } ? InputOf<Schema> : object;

/** What follows a group's id. */
export type GroupArguments<Options> = {} extends GroupTraits
  ? [traits?: GroupTraits, options?: Options]
  : [traits: GroupTraits, options?: Options];
