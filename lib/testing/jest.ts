import { expect } from '@jest/globals';
import { trackingMatchers, type TrackingMatchers } from './matchers/tracking-matchers.js';

// The runner's own `expect`: Jest provides `@jest/globals` even if it injects no globals.
expect.extend(trackingMatchers as never);

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> extends TrackingMatchers<R> {}
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- the name under which `@types/jest` keeps its matchers
  namespace jest {
    interface Matchers<R, T> extends TrackingMatchers<R> {}
  }
}
