import {
  eventsOverMqtt,
  eventsOverTcp,
  messagesOverMqtt,
  messagesOverTcp,
} from '../../entry-points/stands/messages.js';
import { holdTheTable } from './hold-the-table.js';

holdTheTable(messagesOverTcp);
holdTheTable(eventsOverTcp);
holdTheTable(messagesOverMqtt);
holdTheTable(eventsOverMqtt);
