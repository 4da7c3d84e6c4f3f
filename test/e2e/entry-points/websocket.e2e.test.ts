import { gatewayOnSocketIo, gatewayOnWs } from '../../entry-points/stands/websocket.js';
import { holdTheTable } from './hold-the-table.js';

holdTheTable(gatewayOnSocketIo);
holdTheTable(gatewayOnWs);
