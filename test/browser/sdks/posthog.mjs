import posthog from 'posthog-js';

export function start({ url, apiKey }) {
  posthog.init(apiKey, { api_host: url, request_queue_config: { flush_interval_ms: 250 } });
  return {
    track: (name) => posthog.capture(name),
    identify: (userId, traits) => posthog.identify(userId, traits),
    reset: () => posthog.reset(),
  };
}
