import {
  graphqlInBatchesOnApollo,
  graphqlInBatchesOnMercurius,
  graphqlOnApollo,
  graphqlOnMercurius,
} from '../../entry-points/stands/graphql.js';
import { holdTheTable } from './hold-the-table.js';

holdTheTable(graphqlOnApollo);
holdTheTable(graphqlInBatchesOnApollo);
holdTheTable(graphqlOnMercurius);
holdTheTable(graphqlInBatchesOnMercurius);
