import type { Identity } from 'nestjs-tracking';

export type Plan = 'basic' | 'premium';

export const PRICES: Record<Plan, number> = { basic: 5, premium: 15 };

export interface Subscription {
  readonly id: string;
  readonly customerId: string;
  /** The identity of the customer at the start: plain JSON, for jobs that run without a request. */
  readonly trackedAs: Identity;
  readonly startedAt: Date;
  plan: Plan;
  changedAt: Date;
  renewsAt: Date;
  cancelledAt?: Date;
}

export interface Renewal {
  readonly id: string;
  readonly subscriptionId: string;
  readonly customerId: string;
  readonly plan: Plan;
  readonly amount: number;
  readonly renewedAt: Date;
}
