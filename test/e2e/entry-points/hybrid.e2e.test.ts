import { hybridStands } from '../../entry-points/stands/hybrid.js';
import { holdTheTable } from './hold-the-table.js';

hybridStands.forEach(holdTheTable);
