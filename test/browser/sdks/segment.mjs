import { AnalyticsBrowser } from '@segment/analytics-next';

export async function start({ url, writeKey }) {
  const analytics = AnalyticsBrowser.load(
    { writeKey, cdnURL: url },
    { integrations: { 'Segment.io': { apiHost: `${new URL(url).host}/segment/v1`, protocol: 'http' } } },
  );
  await analytics.page();
  return {
    track: (name) => analytics.track(name),
    identify: (userId, traits) => analytics.identify(userId, traits),
    reset: () => analytics.reset(),
  };
}
