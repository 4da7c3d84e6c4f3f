/** The event that everybody sends. Its properties are 350 bytes of JSON, nested as an order is. */
export const EVENT = 'Order Completed';

export const USER = 'user-48213';

/** Stands once in every event, in whatever form it travels, so that the collector can count without parsing. */
export const MARKER = 'rcpt-7f3a90';

export const ORDER = {
  orderId: 'ord_01JCQ8Z5T4',
  receipt: MARKER,
  revenue: 129.9,
  tax: 20.74,
  currency: 'EUR',
  coupon: 'FALL5',
  payment: 'card',
  firstOrder: false,
  items: [
    { sku: 'KB-87-ISO', name: 'Keyboard', quantity: 1, price: 89.95 },
    { sku: 'MS-OPT-02', name: 'Mouse opt.', quantity: 2, price: 17.5 },
  ],
  shipping: { method: 'parcel', country: 'DE', price: 4.95 },
};
