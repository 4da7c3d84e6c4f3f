import { randomUUID } from 'node:crypto';
import { type Destination, type Purpose, PURPOSES } from '../../destinations/destination.js';
import { impersonal } from '../../event/impersonal.js';
import type { ConsentState } from '../../event/lane-event.js';
import { snapshot } from '../../event/snapshot.js';
import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { UnknownConsentKeyError } from '../../event/unserialisable.js';
import { guarded } from '../../host/guarded.js';
import { Refusal } from '../call-end.js';
import type { EventParts, LaneConsent } from '../made-event.js';
import { shown } from '../shown-event.js';
import { isSignalReader } from './browser-signals.js';
import { type Choice, choicesOf, isDecision, stricter } from './consent-answer.js';
import type { Consent, ConsentDecision } from './privacy-options.js';

export type ConsentLane = Pick<Destination, 'name' | 'purpose' | 'needs'>;

interface Said {
  /** For all lanes; absent if no hook gave one decision for all. */
  readonly all: ConsentDecision | undefined;
  readonly choices: readonly ReadonlyMap<string, Choice>[];
}

/** Asks the hooks whether an event may be recorded, and for which lanes. Of several answers, the strictest counts for a lane. */
export class ConsentCheck {
  readonly #hooks: readonly { readonly ask: Consent; readonly looks: boolean }[];
  readonly #lanes: ReadonlyMap<string, ConsentLane>;
  readonly #known: ReadonlySet<string>;
  readonly #isNeeded: boolean;

  constructor(
    hooks: Consent | readonly Consent[],
    lanes: readonly ConsentLane[],
    private readonly maxEventBytes: number,
  ) {
    const all = typeof hooks === 'function' ? [hooks] : hooks;
    this.#hooks = all.map((ask) => ({ ask, looks: !isSignalReader(ask) }));
    this.#lanes = new Map(lanes.map((lane) => [lane.name, lane]));
    this.#known = new Set([...PURPOSES, ...this.#lanes.keys()]);
    this.#isNeeded = lanes.some(needsConsent);
  }

  apply(parts: EventParts, event: TrackingEvent, request: unknown): EventParts | Refusal {
    try {
      const said = this.#ask(event, request);
      const isWord = said.choices.length === 0;
      const all = forType(said.all ?? 'allow', event);
      if (isWord && all === 'drop') return new Refusal('consent');
      if (isWord && (said.all === undefined || !this.#isNeeded)) {
        return all === 'allow' ? parts : stripped(parts, this.maxEventBytes);
      }
      return this.#byLane(parts, event, said);
    } catch (error) {
      // A thrown proxy may throw for `instanceof`, too.
      const isOurs = guarded(() => error instanceof UnknownConsentKeyError) === true;
      return new Refusal('consent_error', isOurs ? error : undefined);
    }
  }

  #byLane(parts: EventParts, event: TrackingEvent, said: Said): EventParts | Refusal {
    const lanes = new Map<string, LaneConsent>();
    const decisions = new Set<ConsentDecision>();
    for (const name of event.lanes) {
      const consent = consentOf(this.#lanes.get(name)!, event, said);
      lanes.set(name, consent);
      decisions.add(consent.decision);
    }
    if (!decisions.has('allow') && !decisions.has('strip')) return new Refusal('consent');
    // If no lane may have the person, the stored event does not keep it.
    if (decisions.has('allow')) return { ...parts, consent: lanes };
    for (const [name, { decision, state }] of lanes) {
      if (decision === 'strip') lanes.set(name, { decision: 'allow', state });
    }
    return { ...stripped(parts, this.maxEventBytes), consent: lanes };
  }

  #ask(event: TrackingEvent, request: unknown): Said {
    let all: ConsentDecision | undefined;
    const choices: ReadonlyMap<string, Choice>[] = [];
    for (const { ask, looks } of this.#hooks) {
      const said: unknown = ask(looks ? shown(event) : event, request);
      if (said === undefined) continue;
      if (isDecision(said)) all = stricter(all, said);
      else choices.push(choicesOf(said, this.#known, this.maxEventBytes));
      if (all === 'drop') return { all, choices: [] };
    }
    return { all, choices };
  }
}

/** A call that only describes a person has no content without the person. */
function forType(decision: ConsentDecision, { type }: TrackingEvent): ConsentDecision {
  return decision === 'strip' && type !== 'track' ? 'drop' : decision;
}

function consentOf(lane: ConsentLane, event: TrackingEvent, said: Said): LaneConsent {
  const { name, purpose = 'analytics' } = lane;
  const decision = forType(decisionOf(said, name, purpose) ?? 'allow', event);
  return { decision, state: needsConsent(lane) ? stateOf(said, name, purpose) : undefined };
}

/** The strictest decision about a key. An answer without it decides by the other key. */
function decisionOf({ all, choices }: Said, key: string, otherwise: string): ConsentDecision | undefined {
  let decision = all;
  for (const each of choices) {
    const choice = each.get(key) ?? each.get(otherwise);
    if (choice !== undefined) decision = stricter(decision, choice.decision);
  }
  return decision;
}

/** Undefined if there is no answer to pass on to a platform. */
function stateOf(said: Said, name: string, purpose: Purpose): ConsentState | undefined {
  let fields: JsonObject | undefined;
  for (const each of said.choices) {
    const choice = each.get(name) ?? each.get(purpose);
    if (choice?.fields !== undefined) fields = { ...fields, ...choice.fields };
  }
  const [analytics, advertising] = PURPOSES.map((each) => decisionOf(said, each, each));
  if (analytics === undefined && advertising === undefined && fields === undefined) return undefined;
  return {
    ...(analytics !== undefined && { analytics }),
    ...(advertising !== undefined && { advertising }),
    ...(fields !== undefined && { fields }),
  };
}

function needsConsent({ needs }: ConsentLane): boolean {
  return needs?.includes('consent') === true;
}

/** The parts of an event without its person: it cannot be joined with other events of the same person. */
export function stripped(parts: EventParts, maxEventBytes: number): EventParts {
  const context = impersonal(parts.context?.value);
  return {
    ...parts,
    stripped: true,
    who: { anonymousId: randomUUID() },
    groups: undefined,
    groupId: undefined,
    groupType: undefined,
    previousId: undefined,
    context: context && snapshot(context, maxEventBytes),
  };
}
