export const permissive =
  'It has no header X-Strict-Mode: 1, so Customer.io answers 200 and drops invalid events.';
