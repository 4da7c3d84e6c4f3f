import mixpanel from 'mixpanel-browser';

export function start({ url, token }) {
  mixpanel.init(token, { api_host: url, batch_flush_interval_ms: 100 });
  mixpanel.track('Page Viewed');
  return {
    track: (name) => mixpanel.track(name),
    identify: (userId, traits) => {
      mixpanel.identify(userId);
      if (traits !== undefined) mixpanel.people.set(traits);
    },
    reset: () => mixpanel.reset(),
  };
}
