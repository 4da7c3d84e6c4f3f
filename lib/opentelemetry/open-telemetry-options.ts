import type { Attributes, Meter } from '@opentelemetry/api';
import { isObject } from '../event/json-values.js';
import { flag, valueThat } from '../config/kinds.js';
import type { OptionsOf } from '../config/option.js';

export const openTelemetryRows = {
  /**
   * The meter that measures.
   * @default `metrics.getMeter('nestjs-tracking')` of the provider that is registered when the application starts
   */
  meter: valueThat<Meter>('`Meter`', 'a Meter', isObject),
  /**
   * Attributes of every measurement, such as a name that distinguishes two applications in one process.
   * @default none
   */
  attributes: valueThat<Attributes>('attributes', 'an object of attributes', isObject).default({}),
  /**
   * Adds the current trace to events.
   * @default true
   */
  traceContext: flag().default(true),
};

/** Options of `openTelemetry()`. */
export interface OpenTelemetryOptions extends OptionsOf<typeof openTelemetryRows> {}
