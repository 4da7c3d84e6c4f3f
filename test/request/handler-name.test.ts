import { expect, test } from '@jest/globals';
import { handlerName } from '../../lib/request/handler-name.js';

/** As many packages do: what it puts in the method's place has no name. */
const Wrapped: MethodDecorator = (_target, _key, descriptor: PropertyDescriptor) => {
  const original = descriptor.value as (...args: unknown[]) => unknown;
  descriptor.value = function (this: unknown, ...args: unknown[]): unknown {
    return original.apply(this, args);
  };
};

/** Sets another name, and that of another method. */
const Misnamed: MethodDecorator = (_target, _key, descriptor: PropertyDescriptor) => {
  descriptor.value = function plain(): void {};
};

class Base {
  get reads(): never {
    throw new Error('a getter was called');
  }
  plain(): void {}
  @Wrapped
  wrapped(): void {}
  @Misnamed
  misnamed(): void {}
}

class Derived extends Base {
  @Wrapped
  own(): void {}
  override plain(): void {}
}

test.each([
  [Base, 'plain'],
  [Base, 'wrapped'],
  [Base, 'misnamed'],
  [Derived, 'plain'],
  [Derived, 'own'],
  [Derived, 'wrapped'],
  [Derived, 'misnamed'],
] as [typeof Base, keyof Base][])('%p.%s', (itsClass, name) => {
  expect(handlerName(itsClass, itsClass.prototype[name] as unknown as Function)).toBe(name);
});

test('returns the function’s name if its class does not have it', () => {
  expect(handlerName(Base, function elsewhere() {})).toBe('elsewhere');
  expect(
    handlerName(
      () => undefined,
      function elsewhere() {},
    ),
  ).toBe('elsewhere');
});
