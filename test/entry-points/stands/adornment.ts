import assert from 'node:assert/strict';
import { dressAs } from './dress-as.js';

/** A decorator of another package, for handlers that Nest has no guards, pipes and interceptors for: wraps, and notes. */
export class Adornment {
  #called = 0;
  #expected = 0;

  readonly decorator: MethodDecorator = (_target, _key, descriptor: PropertyDescriptor) => {
    const original = descriptor.value as (...args: unknown[]) => unknown;
    const count = (): number => ++this.#called;
    const wrapper = function (this: unknown, ...args: unknown[]): unknown {
      count();
      return original.apply(this, args);
    };
    dressAs(original, wrapper);
    Reflect.defineMetadata('adornment', 'ribbon', wrapper);
    descriptor.value = wrapper;
  };

  /** Throws where a call went past it, or what it noted is gone. `handler`: what stands on the class. */
  expectCalled(handler: Function | undefined): void {
    assert.ok(this.#called >= ++this.#expected, 'a call went past another decorator');
    assert.equal(Reflect.getMetadata('adornment', handler as object), 'ribbon');
  }
}
