import { RudderAnalytics } from '@rudderstack/analytics-js/bundled';

export async function start({ url, writeKey }) {
  const analytics = new RudderAnalytics();
  analytics.load(writeKey, url, { configUrl: url });
  await new Promise((resolve) => analytics.ready(resolve));
  analytics.page();
  return {
    track: (name) => analytics.track(name),
    identify: (userId, traits) => analytics.identify(userId, traits),
    reset: () => analytics.reset(true),
  };
}
