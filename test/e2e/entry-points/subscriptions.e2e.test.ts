import { subscriptionsOnApollo, subscriptionsOnMercurius } from '../../entry-points/stands/subscriptions.js';
import { holdTheTable } from './hold-the-table.js';

/** Each is a separate connection. */
const CONNECTIONS = 1_000;

holdTheTable(subscriptionsOnApollo, CONNECTIONS);
holdTheTable(subscriptionsOnMercurius, CONNECTIONS);
