/**
 * The calls that every platform is compared by. `person` is for platforms that match people by their data; the others
 * must not send it.
 */
const DAY_MS = 86_400_000;

/** Two days ago, with milliseconds, so that a time that was cut to seconds shows. */
const past = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 2 * DAY_MS + 123);
const user = { userId: 'user-1001' };
const visitor = { anonymousId: '5f0c8e52-6a3b-4c1d-9e7f-2b1a0c9d8e7f' };
const at = { timestamp: past };

const order = {
  order_id: 'O-77',
  value: 49.95,
  currency: 'EUR',
  num_items: 3,
  content_ids: ['sku-1', 'sku-2'],
  contents: [
    { id: 'sku-1', quantity: 2, item_price: 19.5 },
    { id: 'sku-2', quantity: 1, item_price: 10.95 },
  ],
};

export const CALLS = [
  { title: 'an order of a user', type: 'track', name: 'Purchase', properties: order, ...user, ...at },
  {
    title: 'an event of a visitor',
    type: 'track',
    name: 'Product Viewed',
    properties: { sku: 'sku-1' },
    ...visitor,
    ...at,
  },
  {
    title: 'an event of a user and visitor',
    type: 'track',
    name: 'Signed Up',
    properties: { plan: 'pro' },
    ...user,
    ...visitor,
    ...at,
  },
  { title: 'an event without properties', type: 'track', name: 'Signed In', properties: {}, ...user, ...at },
  {
    title: 'an event that happens now',
    type: 'track',
    name: 'Signed Out',
    properties: { reason: 'idle' },
    ...user,
  },
  {
    title: 'every kind of value',
    type: 'track',
    name: 'Kinds',
    properties: {
      text: 'text',
      emptyText: '',
      integer: 42,
      negative: -7,
      fraction: 0.1,
      large: 9_007_199_254_740_991,
      zero: 0,
      yes: true,
      no: false,
      nothing: null,
      undefinedMember: undefined,
      date: new Date('2026-01-02T03:04:05.678Z'),
      list: ['a', 1, null, false],
      emptyList: [],
      emptyObject: {},
      nested: { deep: { deeper: { list: [{ id: 1 }, { id: 2 }] } } },
    },
    ...user,
    ...at,
  },
  {
    title: 'text of many alphabets',
    type: 'track',
    name: 'Заказ 完了 🎉',
    properties: {
      'naïve key': 'Zürich',
      キー: '値',
      emoji: '👩‍💻',
      quote: '"\\/<>&\u2028\n',
      'dotted.key': 'a',
      $price: 1,
    },
    userId: 'usér-ü',
    ...at,
  },
  {
    title: 'an event of groups',
    type: 'track',
    name: 'Invited',
    properties: { seats: 5 },
    groups: { company: 'acme', team: 'blue' },
    ...user,
    ...at,
  },
  {
    title: 'an event with context',
    type: 'track',
    name: 'Article Read',
    properties: { id: 7 },
    context: {
      ip: '203.0.113.7',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Example/1.0',
      locale: 'de-CH',
      page: {
        url: 'https://shop.example/a?b=c',
        path: '/a',
        title: 'A',
        referrer: 'https://search.example/',
      },
      campaign: { name: 'spring', source: 'news', medium: 'email', term: 'shoes', content: 'top' },
    },
    ...user,
    ...at,
  },
  {
    title: 'an order with data of the person',
    type: 'track',
    name: 'Purchase',
    properties: { order_id: 'O-78', value: 5, currency: 'USD' },
    person: {
      email: ' Jane.Doe@Example.com ',
      phone: '+41 44 668 18 00',
      firstName: 'Jane',
      lastName: 'Doe',
      city: 'Zürich',
      postalCode: '8001',
      country: 'CH',
    },
    ...user,
    ...at,
  },
  {
    title: 'traits of a user',
    type: 'identify',
    properties: {
      email: 'jane@example.com',
      name: 'Jane Doe',
      plan: 'pro',
      seats: 5,
      trial: false,
      nothing: null,
      tags: ['a', 'b'],
      address: { city: 'Zürich' },
      createdAt: new Date('2025-06-07T08:09:10.111Z'),
    },
    ...user,
    ...at,
  },
  {
    title: 'traits of a user and visitor',
    type: 'identify',
    properties: { plan: 'pro' },
    ...user,
    ...visitor,
    ...at,
  },
  { title: 'traits of a visitor', type: 'identify', properties: { plan: 'free' }, ...visitor, ...at },
  {
    title: 'traits of a group',
    type: 'group',
    groupId: 'acme',
    groupType: 'company',
    properties: { name: 'Acme', employees: 42, plan: 'enterprise' },
    ...user,
    ...at,
  },
  {
    title: 'a group without traits',
    type: 'group',
    groupId: 'acme',
    groupType: 'company',
    properties: {},
    ...user,
    ...at,
  },
  { title: 'an alias', type: 'alias', previousId: visitor.anonymousId, ...user, ...at },
];
