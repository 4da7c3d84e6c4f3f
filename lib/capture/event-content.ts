import type { Identity } from '../event/identity.js';
import { type Snapshot, snapshot } from '../event/snapshot.js';
import { OversizeError, UnserialisableError } from '../event/unserialisable.js';
import type { TellNotice } from '../observe/notices.js';
import type { PlanCheck } from '../plan/plan-check.js';
import type { CallNames } from './call-names.js';
import type { CallPlace } from './call-place.js';
import { captureMessages } from './capture.messages.js';
import { CapturedOptions } from './captured-options.js';
import type { CallOptions, EventCall } from './event-call.js';
import type { EventContext } from './event-context.js';
import type { EventParts } from './event-parts.js';
import { type Groups, normaliseGroups } from './groups.js';
import { Refusal } from './refusal.js';
import type { StaticProperties } from './static-properties.js';

/** The parts of {@link EventContent}. Absent if the application did not enable them. */
export interface EventContentSetup {
  readonly plan: PlanCheck | undefined;
  readonly staticProperties: StaticProperties | undefined;
  readonly context: EventContext | undefined;
  readonly maxEventBytes: number;
  readonly names: CallNames;
  readonly notice: TellNotice;
}

const EMPTY: Snapshot = { value: Object.freeze({}), size: 2 };

/** Checks and copies the properties, groups and context of a call. */
export class EventContent {
  constructor(private readonly setup: EventContentSetup) {}

  of(
    call: EventCall<string>,
    name: string,
    timestamp: number,
    who: Identity,
    options: CallOptions,
    place: CallPlace,
  ): EventParts | Refusal {
    const { context, plan, staticProperties } = this.setup;
    const { type, groupId, previousId } = call;
    // Those of a decorated method were checked before they were copied.
    const checked = place.isDecided ? call : (plan?.check(type, name, call.properties, place.source) ?? call);
    if (typeof checked === 'string') return new Refusal(checked);
    const { properties } = checked;
    try {
      const said = this.#copy(options.context, 'context');
      const own = CapturedOptions.keptOf(options, properties) ?? this.#copy(properties) ?? EMPTY;
      return {
        name,
        timestamp,
        who,
        groupId,
        previousId,
        groups: options.groups === undefined ? undefined : this.#groups(call, options.groups, place),
        groupType: type === 'group' ? (options.groupType as string | undefined) : undefined,
        properties: staticProperties === undefined || type !== 'track' ? own : staticProperties.around(own),
        context: context === undefined ? said : context.around(said, place, who),
      };
    } catch (error) {
      if (error instanceof UnserialisableError) return new Refusal('unserialisable', error);
      if (error instanceof OversizeError) return new Refusal('too_large');
      throw error;
    }
  }

  #copy(value: unknown, called?: string): Snapshot | undefined {
    return value === undefined || value === null
      ? undefined
      : snapshot(value as object, this.setup.maxEventBytes, called);
  }

  #groups({ type, name }: EventCall, given: unknown, { source }: CallPlace): Groups | undefined {
    return normaliseGroups(given, () => {
      const about = this.setup.names.placeOf({ type, name, source });
      this.setup.notice('invalid_group', about, () => captureMessages.unusableGroup(about));
    });
  }
}
