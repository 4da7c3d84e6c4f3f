import * as amplitude from '@amplitude/analytics-browser';

export async function start({ url, apiKey }) {
  await amplitude.init(apiKey, {
    serverUrl: `${url}/2/httpapi`,
    flushIntervalMillis: 100,
    autocapture: false,
    fetchRemoteConfig: false,
  }).promise;
  amplitude.track('Page Viewed');
  return {
    track: (name) => amplitude.track(name),
    identify: (userId, traits) => {
      amplitude.setUserId(userId);
      if (traits !== undefined) {
        const identify = new amplitude.Identify();
        for (const [name, value] of Object.entries(traits)) identify.set(name, value);
        amplitude.identify(identify);
      }
    },
    reset: () => amplitude.reset(),
  };
}
