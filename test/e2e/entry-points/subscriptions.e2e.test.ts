import { subscriptionsOnApollo, subscriptionsOnMercurius } from '../../entry-points/stands/subscriptions.js';
import { holdTheTable } from './hold-the-table.js';

/** Each is a connection of its own. */
const CONNECTIONS = 1_000;

holdTheTable(subscriptionsOnApollo, CONNECTIONS);
holdTheTable(subscriptionsOnMercurius, CONNECTIONS);
