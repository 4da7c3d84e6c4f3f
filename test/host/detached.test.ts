import { describe, expect, test } from '@jest/globals';
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { detached } from '../../lib/host/detached.js';

describe('detached()', () => {
  test('runs outside of every request’s context, and returns the result', () => {
    const storage = new AsyncLocalStorage<string>();
    storage.run('of a request', () => {
      expect(detached(() => storage.getStore() ?? 'nobody')).toBe('nobody');
      expect(storage.getStore()).toBe('of a request');
    });
  });

  test('keeps that context for all work that it starts', async () => {
    const storage = new AsyncLocalStorage<string>();
    const seen = await storage.run('of a request', () =>
      detached(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        return storage.getStore();
      }),
    );
    expect(seen).toBeUndefined();
  });

  test('passes an error on', () => {
    expect(() =>
      detached(() => {
        throw new Error('of the function');
      }),
    ).toThrow('of the function');
  });

  test('is no handle for tools that list open handles', async () => {
    const made: { type: string; hasRef: boolean }[] = [];
    const hook = createHook({
      init: (_id, type, _trigger, resource: { hasRef?: () => boolean }) => {
        made.push({ type, hasRef: resource.hasRef?.() ?? true });
      },
    }).enable();
    try {
      // Loaded again, because it makes its values while it is loaded.
      const again = '../../lib/host/detached.js?again';
      const copy = (await import(again)) as { detached: typeof detached };
      expect(copy.detached).not.toBe(detached);
    } finally {
      hook.disable();
    }
    expect(made.filter(({ type }) => type === 'nestjs-tracking')).toEqual([
      { type: 'nestjs-tracking', hasRef: false },
    ]);
    expect(made.map(({ type }) => type)).not.toContain('bound-anonymous-fn');
  });
});
