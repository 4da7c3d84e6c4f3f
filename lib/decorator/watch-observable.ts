import { concatWith, defer, from, ignoreElements, type Observable, tap } from 'rxjs';
import type { InContext } from './call-context.js';
import type { RunningCall } from './running-call.js';

/**
 * Succeeds with the last value when it completes, or is unsubscribed after at least one value. The first subscription that ends
 * counts. Only the caller subscribes.
 */
export function watchObservable(
  call: RunningCall,
  source: Observable<unknown>,
  inContext: InContext,
): Observable<unknown> {
  return defer(() => {
    let last: unknown;
    let seen = false;
    let committed: Promise<void> | undefined;
    const succeeded = (): void => {
      committed = inContext(() => call.succeeded(last));
    };
    const watched = from(source).pipe(
      tap({
        next: (value) => {
          last = value;
          seen = true;
        },
        complete: succeeded,
        unsubscribe: () => {
          if (seen) succeeded();
        },
      }),
    );
    if (call.event.options.durable !== true) return watched;
    // Completes only when the event is committed.
    return watched.pipe(concatWith(defer(() => from(committed ?? []).pipe(ignoreElements()))));
  });
}
