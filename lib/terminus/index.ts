export { TrackingHealthIndicator } from './tracking-health.indicator.js';
export type { TrackingHealthOptions } from './tracking-health-options.js';
export type { TrackingProblem } from './tracking-problem.js';
