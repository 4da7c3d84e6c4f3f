import { finalize, isObservable } from 'rxjs';
import { personIn } from '../work.js';
import { dressAs } from './dress-as.js';

/** Tells when a handler has ended that answers nobody, such as that of an event or a scheduled job. */
export class Endings {
  readonly #waiting = new Map<string, () => void>();

  /** Resolves when the handler of this name has ended for this person; ask before it is called. */
  of(method: string, person: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(`${method} ${person}`, resolve));
  }

  /** Above `@Track()`, so that by then its event is decided. */
  readonly told: MethodDecorator = (_target, key, descriptor: PropertyDescriptor) => {
    const original = descriptor.value as (...args: unknown[]) => unknown;
    const tell = (args: unknown[]): void => this.#tell(`${String(key)} ${personIn(args)}`);
    descriptor.value = function (this: unknown, ...args: unknown[]): unknown {
      const result = original.apply(this, args);
      if (isObservable(result)) return result.pipe(finalize(() => tell(args)));
      return Promise.resolve(result).finally(() => tell(args));
    };
    dressAs(original, descriptor.value as object);
  };

  #tell(name: string): void {
    const ended = this.#waiting.get(name);
    this.#waiting.delete(name);
    // Not at once: who awaits the handler itself, as the decorator does, comes first.
    setImmediate(() => ended?.());
  }
}
