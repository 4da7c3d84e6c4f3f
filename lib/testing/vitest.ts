import { expect } from 'vitest';
import { trackingMatchers, type TrackingMatchers } from './matchers/tracking-matchers.js';

expect.extend(trackingMatchers as never);

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Vitest declares it
  interface Matchers<T = any> extends TrackingMatchers<void> {}
}
