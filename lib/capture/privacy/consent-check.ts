import { type Destination, type Purpose, PURPOSES } from '../../destinations/destination.js';
import type { ConsentState } from '../../event/lane-event.js';
import type { JsonObject, TrackingEvent } from '../../event/tracking-event.js';
import { UnknownConsentKeyError } from '../../event/unknown-consent-key.error.js';
import { guarded } from '../../host/guarded.js';
import type { EventParts, LaneConsent } from '../made-event.js';
import { Refusal } from '../call-end.js';
import { shown } from '../shown-event.js';
import { isSignalReader } from './browser-signals.js';
import { type Choice, choicesOf, isDecision, stricter } from './consent-answer.js';
import type { Consent, ConsentDecision } from './privacy-options.js';
import { stripped } from './stripped-parts.js';

/** The facts of a destination that consent needs. */
export type ConsentLane = Pick<Destination, 'name' | 'purpose' | 'needs'>;

/** The answer of all hooks about one event. */
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
      const consent = this.#of(this.#lanes.get(name)!, event, said);
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

  #of(lane: ConsentLane, event: TrackingEvent, { all, choices }: Said): LaneConsent {
    const { name, purpose = 'analytics' } = lane;
    let decision = all ?? 'allow';
    let fields: JsonObject | undefined;
    for (const each of choices) {
      const choice = each.get(name) ?? each.get(purpose);
      if (choice === undefined) continue;
      decision = stricter(decision, choice.decision);
      if (choice.fields !== undefined) fields = { ...fields, ...choice.fields };
    }
    decision = forType(decision, event);
    const state = needsConsent(lane) ? stateOf({ all, choices }, fields) : undefined;
    return { decision, state };
  }

  #ask(event: TrackingEvent, request: unknown): Said {
    let all: ConsentDecision | undefined;
    const choices: ReadonlyMap<string, Choice>[] = [];
    for (const { ask, looks } of this.#hooks) {
      const said: unknown = ask(looks ? shown(event) : event, request);
      if (said === undefined) continue;
      if (!isDecision(said)) choices.push(choicesOf(said, this.#known, this.maxEventBytes));
      else {
        all = all === undefined ? said : stricter(all, said);
        if (all === 'drop') return { all, choices: [] };
      }
    }
    return { all, choices };
  }
}

/** A call that only describes a person has no content without the person. */
function forType(decision: ConsentDecision, { type }: TrackingEvent): ConsentDecision {
  return decision === 'strip' && type !== 'track' ? 'drop' : decision;
}

/** Undefined if there is no answer to pass on to a platform. */
function stateOf({ all, choices }: Said, fields: JsonObject | undefined): ConsentState | undefined {
  const of = (purpose: Purpose): ConsentDecision | undefined => {
    let decision = all;
    for (const each of choices) {
      const said = each.get(purpose)?.decision;
      if (said !== undefined) decision = decision === undefined ? said : stricter(decision, said);
    }
    return decision;
  };
  const [analytics, advertising] = PURPOSES.map(of);
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
