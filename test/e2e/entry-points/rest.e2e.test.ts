import { restOnExpress, restOnFastify } from '../../entry-points/stands/rest.js';
import { holdTheTable } from './hold-the-table.js';

holdTheTable(restOnExpress);
holdTheTable(restOnFastify);
