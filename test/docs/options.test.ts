import { describe, expect, test } from '@jest/globals';
import { listedOptions, typedOptions } from './options.js';

/** The compiler reads the whole package. */
const COMPILES_MS = 120_000;

describe('the pages of options', () => {
  test(
    'list every option that the package takes, and no other',
    () => {
      const typed = typedOptions();
      expect(Object.fromEntries(listedOptions())).toEqual(Object.fromEntries(typed));
      expect([...typed.values()].flat().length).toBeGreaterThan(100);
    },
    COMPILES_MS,
  );
});
