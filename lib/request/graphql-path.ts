import type { ExecutionContext } from '@nestjs/common';

/** Far more than any server allows. It bounds the walk through a cycle. */
const MAX_DEPTH = 100;

/** The path of a GraphQL field in the response, with aliases: `order`, `cart.items.0`. Empty for other handlers. */
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
