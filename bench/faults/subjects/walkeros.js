import { startFlow } from '@walkeros/collector';
import { destinationAPI } from '@walkeros/server-destination-api';

/** Its destination for a URL of one's own, with defaults. It makes one request for each event. */
export const label = 'walkerOS';

export async function create({ url }) {
  const { elb } = await startFlow({
    destinations: { api: { code: destinationAPI, config: { settings: { url } } } },
  });
  return {
    track: (properties) => elb({ name: 'order complete', data: properties, user: { id: 'user-1' } }),
    close: () => elb('walker shutdown'),
  };
}
