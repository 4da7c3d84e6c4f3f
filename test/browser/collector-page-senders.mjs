import { gzipSync } from 'node:zlib';

/** Senders for the collector's page: requests as those of the platforms' own servers, of a few platforms. */
export function senders(url) {
  let made = 0;
  const post = async (path, value, headers = {}) => {
    const response = await fetch(`${url}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof value === 'string' || value instanceof Uint8Array ? value : JSON.stringify(value),
    });
    await response.arrayBuffer();
    return response.status;
  };
  /** One of Segment's calls. */
  const message = (more = {}) => ({
    type: 'track',
    event: 'Order Completed',
    userId: 'ada',
    messageId: `message-${++made}`,
    timestamp: new Date().toISOString(),
    properties: { orderId: 'A-1001', total: 49.9, currency: 'EUR', items: 2 },
    ...more,
  });
  return {
    message,
    segment: (...batch) =>
      post(
        'segment/v1/batch',
        { batch, sentAt: new Date().toISOString() },
        { authorization: `Basic ${btoa('secret-write-key:')}` },
      ),
    posthog: (...batch) => post('posthog/batch/', { api_key: 'phc_secret', batch }),
    mixpanel: (...events) =>
      post('mixpanel/import?strict=1', gzipSync(JSON.stringify(events)), {
        authorization: `Basic ${btoa('secret-token:')}`,
        'content-encoding': 'gzip',
      }),
    kissmetrics: async (path, query) => {
      const response = await fetch(`${url}/kissmetrics/${path}?${new URLSearchParams(query)}`);
      await response.arrayBuffer();
      return response.status;
    },
  };
}
