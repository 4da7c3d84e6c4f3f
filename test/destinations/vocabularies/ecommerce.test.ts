import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { TrackingConfigError } from '../../../lib/config/tracking-config.error.js';
import {
  ecommerce,
  ECOMMERCE_EVENTS,
  type EcommercePlatform,
} from '../../../lib/destinations/vocabularies/ecommerce.js';
import type { JsonObject } from '../../../lib/event/tracking-event.js';
import { ANN, Shop, tracking } from '../../support/tracking.js';
import { anEvent } from '../an-event.js';

const PLATFORMS: readonly EcommercePlatform[] = [
  'amplitude',
  'customerio',
  'googleAnalytics',
  'jitsu',
  'kissmetrics',
  'meta',
  'mixpanel',
  'posthog',
  'rudderstack',
  'segment',
  'snowplow',
  'webhook',
];

const map = (platform: EcommercePlatform, name: string, properties: JsonObject): unknown =>
  ecommerce(platform)(anEvent({ name, properties }));

const ORDER: JsonObject = {
  order_id: 'O-1',
  revenue: '25.00',
  total: '30.50',
  shipping: '3',
  tax: 2.5,
  currency: 'EUR',
  coupon: 'SPRING',
  products: [
    {
      product_id: 'p-1',
      sku: 's-1',
      name: 'Mug',
      brand: 'Acme',
      category: 'Home',
      variant: 'blue',
      price: '10.00',
      quantity: '2',
    },
    { sku: 's-2', name: 'Pen', price: 5, position: 2 },
    'no product',
  ],
};
const PRODUCT: JsonObject = {
  product_id: 'p-1',
  name: 'Mug',
  category: 'Home',
  price: '10',
  quantity: 2,
  currency: 'EUR',
  value: 20,
};

describe('ecommerce()', () => {
  test('gives Google Analytics its names, and items', () => {
    expect(map('googleAnalytics', 'Order Completed', ORDER)).toEqual({
      name: 'purchase',
      properties: {
        transaction_id: 'O-1',
        value: 25,
        total: 30.5,
        shipping: 3,
        tax: 2.5,
        currency: 'EUR',
        coupon: 'SPRING',
        items: [
          {
            item_id: 'p-1',
            sku: 's-1',
            item_name: 'Mug',
            item_brand: 'Acme',
            item_category: 'Home',
            item_variant: 'blue',
            price: 10,
            quantity: 2,
          },
          { item_id: 's-2', sku: 's-2', item_name: 'Pen', price: 5, index: 2 },
        ],
      },
    });
    expect(map('googleAnalytics', 'Product Added', PRODUCT)).toEqual({
      name: 'add_to_cart',
      properties: {
        currency: 'EUR',
        value: 20,
        items: [{ item_id: 'p-1', item_name: 'Mug', item_category: 'Home', price: 10, quantity: 2 }],
      },
    });
    expect(
      map('googleAnalytics', 'Promotion Viewed', { promotion_id: 'x', name: 'Sale', position: 'top' }),
    ).toEqual({
      name: 'view_promotion',
      properties: { promotion_id: 'x', promotion_name: 'Sale', creative_slot: 'top' },
    });
    expect(map('googleAnalytics', 'Product Shared', { share_via: 'email', product_id: 'p-1' })).toEqual({
      name: 'share',
      properties: { content_type: 'product', item_id: 'p-1', method: 'email' },
    });
  });

  test('gives Meta its names, and contents', () => {
    expect(map('meta', 'Order Completed', ORDER)).toEqual({
      name: 'Purchase',
      properties: {
        order_id: 'O-1',
        value: 25,
        total: 30.5,
        shipping: 3,
        tax: 2.5,
        currency: 'EUR',
        coupon: 'SPRING',
        content_type: 'product',
        content_ids: ['p-1', 's-2'],
        contents: [
          { id: 'p-1', quantity: 2, item_price: 10 },
          { id: 's-2', quantity: 1, item_price: 5 },
        ],
      },
    });
    expect(map('meta', 'Product Viewed', PRODUCT)).toEqual({
      name: 'ViewContent',
      properties: {
        content_type: 'product',
        content_ids: ['p-1'],
        contents: [{ id: 'p-1', quantity: 2, item_price: 10 }],
        content_name: 'Mug',
        content_category: 'Home',
        currency: 'EUR',
        value: 20,
      },
    });
    expect(map('meta', 'Products Searched', { query: 'mug' })).toEqual({
      name: 'Search',
      properties: { search_string: 'mug' },
    });
  });

  test.each(PLATFORMS.filter((platform) => platform !== 'meta' && platform !== 'googleAnalytics'))(
    'leaves the names to %s, and makes numbers of numeric text',
    (platform) => {
      expect(
        map(platform, 'Order Completed', {
          order_id: '7',
          revenue: '25.00',
          products: [{ sku: '1', price: '5' }],
        }),
      ).toEqual({
        properties: { order_id: '7', revenue: 25, products: [{ sku: '1', price: 5 }] },
      });
      expect(map(platform, 'Product Viewed', { sku: '1', price: 5 })).toEqual({});
    },
  );

  test('changes only revenue, price and quantity of other events', () => {
    expect(map('meta', 'Trial Started', { revenue: '5', value: '7', plan: '3' })).toEqual({
      properties: { revenue: 5, value: '7', plan: '3' },
    });
    expect(map('meta', 'Order Refunded', { total: '5' })).toEqual({ properties: { total: 5 } });
    expect(
      ecommerce('meta')(anEvent({ type: 'identify', name: 'identify', properties: { price: '5' } })),
    ).toEqual({});
  });

  test('keeps a property that already has the new name', () => {
    expect(
      map('googleAnalytics', 'Order Completed', { order_id: '1', transaction_id: '2', value: 3, revenue: 4 }),
    ).toEqual({
      name: 'purchase',
      properties: { order_id: '1', transaction_id: '2', value: 3, revenue: 4 },
    });
  });

  test('converts only text that is one number', () => {
    const texts = {
      revenue: '1,299.00',
      price: '$5',
      quantity: '',
      total: '1e3',
      tax: ' 7 ',
      value: '9'.repeat(20),
    };
    expect(map('segment', 'Order Completed', texts)).toEqual({ properties: { ...texts, tax: 7 } });
  });

  test('rejects any other platform', () => {
    expect(() => ecommerce('constructor' as never)).toThrow(TrackingConfigError);
  });

  test('is a map of a destination', () => {
    const shop = new Shop('shop', { map: ecommerce('googleAnalytics') });
    const { service } = tracking({ destinations: [shop] });
    service.track('Order Completed', { order_id: 'O-1', revenue: '5' }, ANN);
    expect(shop.events[0]).toMatchObject({
      name: 'purchase',
      properties: { transaction_id: 'O-1', value: 5 },
    });
  });

  test('never throws or changes its input, and does not change its own result', () => {
    const name = fc.constantFrom(
      'product_id',
      'sku',
      'name',
      'price',
      'products',
      'value',
      'revenue',
      'total',
      'order_id',
      'query',
      '__proto__',
      'other',
    );
    const product = fc.oneof(
      fc.dictionary(name, fc.jsonValue({ maxDepth: 1 })),
      fc.jsonValue({ maxDepth: 1 }),
    );
    const properties = fc.dictionary(
      name,
      fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.array(product), fc.stringMatching(/^-?\d{1,4}(\.\d\d)?$/)),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...PLATFORMS),
        fc.constantFrom(...ECOMMERCE_EVENTS),
        properties,
        (platform, event, given) => {
          const before = JSON.stringify(given);
          const mapper = ecommerce(platform);
          const first = mapper(anEvent({ name: event, properties: given as JsonObject }));
          expect(JSON.stringify(given)).toBe(before);
          const again = anEvent({
            name: first.name ?? event,
            properties: (first.properties ?? given) as JsonObject,
          });
          if (first.name !== undefined) expect(mapper(again)).toEqual({});
        },
      ),
    );
  });
});
