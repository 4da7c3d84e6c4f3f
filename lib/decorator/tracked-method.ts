import { types } from 'node:util';
import type { ExecutionContext } from '@nestjs/common';
import { livingCapture } from '../capture/capture-port.js';
import { Log } from '../host/log.js';
import { isHandler } from '../request/handler-name.js';
import { isMessage } from '../request/handler-request.js';
import { type RequestScope, surroundings } from '../identity/scope/request-scope.js';
import { carryOver, insideOfRunAs } from './run-as-method.js';
import { noModule } from './decorator.messages.js';
import { RunningCall, type TrackedEvent } from './running-call.js';
import { bindingOf } from './tracking-binding.js';
import { watchResult } from './watch-result.js';
import type { NodeResponse } from './when-answered.js';

type Method = (this: unknown, ...args: unknown[]) => unknown;

export function trackedMethod(
  original: Method,
  target: object,
  key: string | symbol,
  event: TrackedEvent,
): Method {
  const { source } = event.options;
  const sourceOf = source === undefined ? sourcesOf(key) : () => source;
  const wrapper: Method = function (...args) {
    const call = begin(this, key, sourceOf, event, args);
    const result = original.apply(this, args);
    if (call === undefined) return result;
    try {
      return watchResult(call, result);
    } catch (error) {
      call.unwatchable(result, error);
      return result;
    }
  };
  carryOver(original, wrapper);
  return insideOfRunAs(original, wrapper, target, key);
}

function begin(
  instance: unknown,
  key: string | symbol,
  sourceOf: (instance: unknown) => string,
  event: TrackedEvent,
  args: unknown[],
): RunningCall | undefined {
  try {
    const binding = bindingOf(instance);
    if (binding === undefined) {
      log.warnOnce('no_module', '', () => noModule(sourceOf(instance)));
      return undefined;
    }
    const scope = surroundings()?.scope;
    const context = handling(scope, instance, key);
    const response = context === undefined || event.options.durable === true ? undefined : answerOf(context);
    const unwanted = context !== undefined && isHead(context) ? 'head_request' : undefined;
    return new RunningCall(event, sourceOf(instance), binding, args, scope, response, unwanted);
  } catch (error) {
    // An instance that is a proxy may throw for every access.
    if (!types.isProxy(instance)) livingCapture()?.internalError?.('beginning a call of @Track()', error);
    return undefined;
  }
}

const log = new Log();

/**
 * The context of the running HTTP request, if this method is its handler. It is compared with the instance's method, because
 * other decorators may have wrapped ours.
 */
function handling(
  scope: RequestScope | undefined,
  instance: unknown,
  key: string | symbol,
): ExecutionContext | undefined {
  const context = scope?.context;
  if (context === undefined || context.getType() !== 'http' || isMessage(context)) return undefined;
  const { constructor, [key]: method } = instance as Record<string | symbol, unknown>;
  return constructor === context.getClass() && isHandler(method, context.getHandler()) ? context : undefined;
}

/** Nest answers HEAD with the handler of GET. The client gets headers only. */
function isHead(context: ExecutionContext): boolean {
  return context.getArgByIndex<{ method?: unknown } | undefined>(0)?.method === 'HEAD';
}

function answerOf(context: ExecutionContext): NodeResponse | undefined {
  const reply = context.getArgByIndex<(Partial<NodeResponse> & { raw?: NodeResponse }) | undefined>(1);
  return reply?.finished === undefined ? reply?.raw : (reply as NodeResponse);
}

/** `OrdersController.create`, by the instance's own class. The last one is cached, because most methods have one class. */
function sourcesOf(key: string | symbol): (instance: unknown) => string {
  let lastClass: unknown;
  let source = String(key);
  return (instance) => {
    const itsClass =
      typeof instance === 'function' ? instance : (instance as object | undefined)?.constructor;
    if (itsClass !== lastClass) {
      lastClass = itsClass;
      const name = typeof itsClass === 'function' ? itsClass.name : '';
      source = name === '' ? String(key) : `${name}.${String(key)}`;
    }
    return source;
  };
}
