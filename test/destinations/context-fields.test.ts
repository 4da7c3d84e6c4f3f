import { expect, test } from '@jest/globals';
import { pageUrl } from '../../lib/destinations/context-fields.js';

test.each([
  [
    { page: { url: 'https://shop.example.com/cart' }, referrer: 'https://other.example.com/' },
    'https://shop.example.com/cart',
  ],
  [{ referrer: 'https://shop.example.com/cart' }, 'https://shop.example.com/cart'],
  [{ page: { url: '' }, referrer: 'https://shop.example.com/' }, 'https://shop.example.com/'],
  [{ page: ['https://shop.example.com/'], referrer: 5 }, undefined],
  [{ page: null }, undefined],
  [undefined, undefined],
])('%j is on %s', (context, url) => {
  expect(pageUrl({ ...(context && { context }) })).toBe(url);
});
