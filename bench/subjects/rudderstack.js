import Analytics from '@rudderstack/rudder-sdk-node';
import { EVENT, USER } from '../order.js';

export const label = 'RudderStack';
export const settings = { default: 'defaults' };

export function create({ url }) {
  const client = new Analytics('bench', { dataPlaneUrl: url, logLevel: 'error' });
  return {
    track: (order) => client.track({ userId: USER, event: EVENT, properties: order }),
    flush: () => client.flush().catch(() => {}),
    close() {},
  };
}
