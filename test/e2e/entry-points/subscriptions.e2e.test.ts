import { subscriptionsOnApollo, subscriptionsOnMercurius } from '../../entry-points/stands/subscriptions.js';
import { holdTheTable } from './hold-the-table.js';

holdTheTable(subscriptionsOnApollo);
holdTheTable(subscriptionsOnMercurius);
