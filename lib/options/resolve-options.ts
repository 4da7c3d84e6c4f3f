import { checkFilter } from '../capture/routing/lane-filter.js';
import { checkStaticProperties } from '../capture/static-properties.js';
import type { Observer } from '../capture/call-end.js';
import { checkPrivateHosts, checkProxies } from './check-connections.js';
import { badChoice, badOption } from '../config/check-option.js';
import type { RetryPolicy } from '../delivery/lane-destination.js';
import { deadLettersRows, dedupRows, retryPolicy } from './delivery-options.js';
import { ProxyEnvironment } from '../host/proxy-environment.js';
import { moduleRows, type TrackingModuleOptions } from './module-options.js';
import type { ValuesOf } from '../config/option.js';
import { checkRows, readRows, valuesOf } from '../config/rows.js';

/** The module's options with every default filled in. */
export interface ResolvedOptions extends Omit<
  ValuesOf<typeof moduleRows>,
  'retry' | 'dedup' | 'deadLetters' | 'shutdown'
> {
  readonly retry: RetryPolicy;
  readonly dedup: ValuesOf<typeof dedupRows>;
  readonly deadLetters: ValuesOf<typeof deadLettersRows>;
  readonly shutdownTimeoutMs: number;
  readonly proxies: ProxyEnvironment;
  /** Observes the door. Set by the test kit only. */
  readonly observer?: Observer;
}

/** Expected in place of a missing object. The usual cause is a factory that returns nothing. */
const OPTIONS = 'an object with `destinations`, which `forRootAsync()` gets from what its factory returns';

/**
 * Checks every option and fills in the defaults.
 *
 * @throws TrackingConfigError for the first invalid option
 */
export function resolveOptions(options: TrackingModuleOptions): ResolvedOptions {
  if (typeof options !== 'object' || options === null) throw badOption('options', options, OPTIONS);
  checkRows('', options, moduleRows, { credentials: options.enabled !== false });
  const { shutdown, ...values } = readRows(moduleRows, options);
  const proxies = new ProxyEnvironment();
  checkTogether(options, values.maxEventBytes);
  if (values.enabled) checkProxies(values.destinations, values.dispatcher, proxies);
  return {
    ...values,
    retry: retryPolicy('retry', options.retry, values.buffer.kind),
    dedup: valuesOf(dedupRows, options.dedup),
    deadLetters: valuesOf(deadLettersRows, options.deadLetters),
    shutdownTimeoutMs: valuesOf(moduleRows.shutdown.members, shutdown).timeoutMs,
    proxies,
  };
}

/** Checks options that depend on each other. */
function checkTogether(options: TrackingModuleOptions, maxEventBytes: number): void {
  const { buffer, destinations, dispatcher, filter, onInvalid, plan, properties } = options;
  (buffer ?? moduleRows.buffer.fallback).check?.('buffer', options.maxEventBytes);
  checkStaticProperties(properties, maxEventBytes);
  checkFilter(
    filter,
    destinations.map(({ name }) => name),
  );
  checkPrivateHosts(destinations, dispatcher);
  if (onInvalid !== undefined && plan === undefined) {
    throw badChoice('onInvalid', onInvalid, 'a `plan` beside it, without which nothing is invalid');
  }
}
