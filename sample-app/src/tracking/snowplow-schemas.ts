const EVENTS = [
  'Product Viewed',
  'Signed Up',
  'Signed In',
  'Order Completed',
  'Order Refunded',
  'Coupon Redeemed',
  'Payment Received',
  'Trial Started',
  'Plan Upgraded',
  'Subscription Renewed',
  'Subscription Cancelled',
];

/** Snowplow accepts only events with a schema: `iglu:com.example.shop/order_completed/jsonschema/1-0-0` and so on. */
export const SCHEMAS: Readonly<Record<string, string>> = Object.fromEntries(
  EVENTS.map((name) => [
    name,
    `iglu:com.example.shop/${name.toLowerCase().replaceAll(' ', '_')}/jsonschema/1-0-0`,
  ]),
);
