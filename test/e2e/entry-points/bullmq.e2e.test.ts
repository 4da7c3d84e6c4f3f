import { bullmq } from '../../entry-points/stands/bullmq.js';
import { holdTheTable } from './hold-the-table.js';

holdTheTable(bullmq);
