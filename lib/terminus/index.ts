export { TrackingHealthIndicator } from './tracking-health.indicator.js';
export type { TrackingHealthOptions, TrackingProblem } from './tracking-health-options.js';
