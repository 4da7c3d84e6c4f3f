import type { Identity } from 'nestjs-tracking';

export type Plan = 'basic' | 'premium';

export const PRICES: Record<Plan, number> = { basic: 5, premium: 15 };

export interface Subscription {
  readonly id: string;
  readonly customerId: string;
  /** Who began it, as tracking knew them: plain JSON, kept for jobs that run when no request does. */
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
