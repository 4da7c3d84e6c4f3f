import {
  graphqlInBatchesOnApollo,
  graphqlInBatchesOnMercurius,
  graphqlOnApollo,
  graphqlOnMercurius,
} from '../../entry-points/stands/graphql.js';
import { holdTheTable } from './hold-the-table.js';

/** Three documents and five resolvers each. */
const BATCHES = 700;

holdTheTable(graphqlOnApollo, 1_000);
holdTheTable(graphqlInBatchesOnApollo, BATCHES);
holdTheTable(graphqlOnMercurius, 1_000);
holdTheTable(graphqlInBatchesOnMercurius, BATCHES);
