import { describe, test } from '@jest/globals';
import { console } from '../../../lib/destinations/console/console.js';
import { destinationConformance } from '../../../lib/testing/index.js';

describe('console()', () => {
  const suite = destinationConformance({
    create: ({ dispatcher: _dispatcher, headers: _headers, ...options }) => console(options),
    skip: {
      options: 'its requests never leave the process, so it has no dispatcher of the application',
      content: "a line has the logger's time, and no id",
    },
    runs: 40,
  });
  for (const { name, run } of suite) test(name, run);
});
