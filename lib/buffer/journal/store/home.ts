import type { Reason } from '../../../event/reasons.js';

/** The final outcome of an event in one lane. */
export interface End {
  readonly state: 'delivered' | 'dead' | 'dropped';
  readonly reason?: Reason | undefined;
}
