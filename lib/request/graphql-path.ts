import type { ExecutionContext } from '@nestjs/common';

/** Far beyond any depth that a server allows; a circle is not followed for ever. */
const MAX_DEPTH = 100;

/** Where in the answer a GraphQL field stands, aliases included: `order`, `cart.items.0`. Empty for all else. */
export function graphqlPathOf(context: ExecutionContext | undefined): string {
  if (context?.getType<string>() !== 'graphql') return '';
  const keys: string[] = [];
  let step = context.getArgByIndex<{ path?: Step } | null | undefined>(3)?.path;
  while (step !== undefined && step !== null && keys.length < MAX_DEPTH) {
    keys.push(String(step.key));
    step = step.prev;
  }
  return keys.toReversed().join('.');
}

interface Step {
  readonly key?: unknown;
  readonly prev?: Step;
}
