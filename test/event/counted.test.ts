import { expect, test } from '@jest/globals';
import { counted, eventsOf } from '../../lib/event/counted.js';

test('one is singular, all others are plural, with separators', () => {
  expect([0, 1, 2, 12_345].map(eventsOf)).toEqual(['0 events', '1 event', '2 events', '12,345 events']);
  expect([1, 3].map((count) => counted(count, 'folder or file', 'folders or files'))).toEqual([
    '1 folder or file',
    '3 folders or files',
  ]);
});
