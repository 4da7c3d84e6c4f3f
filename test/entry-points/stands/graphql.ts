import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import {
  type CallHandler,
  type CanActivate,
  ConflictException,
  type DynamicModule,
  type ExecutionContext,
  type INestApplication,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  Scope,
  SetMetadata,
  type Type,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { Args, GqlExecutionContext, GraphQLModule, Mutation, Query, Resolver } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import assert from 'node:assert/strict';
import { map, type Observable } from 'rxjs';
import { Track, TrackingModule, TrackingService } from 'nestjs-tracking';
import { Collector } from '../collector.js';
import { METHODS, type Operation, type RunningStand, type Stand } from '../stand.js';
import {
  BaseHandlers,
  done,
  EXPECTED,
  guardThatTracks,
  observe,
  pause,
  reject,
  succeed,
  Work,
} from '../work.js';

interface Request {
  user?: { id: string } | undefined;
  headers: { authorization?: string };
}

/** The HTTP request of a resolver, and the person that it is asked for. */
function asked(context: ExecutionContext): { request: Request; person: string } {
  const graphql = GqlExecutionContext.create(context);
  return {
    request: graphql.getContext<{ req: Request }>().req,
    person: graphql.getArgs<{ person?: string }>().person ?? '',
  };
}

@Injectable()
class SignIn implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const { request, person } = asked(context);
    const { authorization } = request.headers;
    await pause(person);
    request.user = authorization === undefined ? undefined : { id: authorization };
    return true;
  }
}

const Guarding = guardThatTracks((context) => asked(context).person);

@Injectable()
class OnlyAdorned implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    return this.reflector.get<string>('adornment', context.getHandler()) === 'ribbon';
  }
}

@Injectable()
class Unwraps implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<{ wrapped: string }>): Observable<string> {
    return next.handle().pipe(map(({ wrapped }) => wrapped));
  }
}

@Injectable()
class Quiets implements PipeTransform<string, string> {
  transform(person: string): string {
    return person.toLowerCase();
  }
}

@Resolver({ isAbstract: true })
abstract class BaseResolver extends BaseHandlers {
  @Query(() => String)
  @Track('inherited', EXPECTED)
  async inherited(@Args('person') person: string): Promise<string> {
    await pause(person);
    return done('inherited', person);
  }
}

@Resolver()
@UseGuards(SignIn)
class OrdersResolver extends BaseResolver {
  constructor(
    private readonly work: Work,
    private readonly tracking: TrackingService,
  ) {
    super();
  }

  @Query(() => String)
  @Track('succeed', EXPECTED)
  succeed(@Args('person') person: string): Promise<string> {
    return succeed(person);
  }

  /** For the company of others in a batch: says whose it is, however long it takes. */
  @Query(() => String)
  async idle(@Args('pace') pace: string): Promise<string> {
    await pause(pace);
    return this.tracking.identity()?.userId ?? 'nobody';
  }

  @Track('reject', EXPECTED)
  @Mutation(() => String)
  reject(@Args('person') person: string): Promise<string> {
    return reject(person, ConflictException);
  }

  @Mutation(() => String)
  @Track('observe', EXPECTED)
  observe(@Args('person') person: string): Observable<string> {
    return observe(person);
  }

  @Mutation(() => String)
  workOn(@Args('person') person: string): Promise<string> {
    return this.work.on(person);
  }

  @Track('first', EXPECTED)
  @Mutation(() => String)
  @Track('second', EXPECTED)
  async twice(@Args('person') person: string): Promise<string> {
    await pause(person);
    return done('twice', person);
  }

  @Mutation(() => String)
  @Track('overridden', EXPECTED)
  override overridden(@Args('person') person: string): Promise<string> {
    return super.overridden(person);
  }

  @Query(() => String)
  @UseGuards(Guarding)
  @Track('guarded', EXPECTED)
  async guarded(@Args('person') person: string): Promise<string> {
    return done('guarded', person);
  }

  @UsePipes(Quiets)
  @UseInterceptors(Unwraps)
  @Track('adorned', EXPECTED)
  @UseGuards(OnlyAdorned)
  @SetMetadata('adornment', 'ribbon')
  @Mutation(() => String)
  async adorned(@Args('person') person: string): Promise<unknown> {
    await pause(person);
    return { wrapped: done('adorned', person) };
  }
}

@Resolver()
@Injectable({ scope: Scope.REQUEST })
@UseGuards(SignIn)
class ScopedResolver {
  @Mutation(() => String)
  @Track('scoped', EXPECTED)
  async scoped(@Args('person') person: string): Promise<string> {
    await pause(person);
    return done('scoped', person);
  }
}

const QUERIES: readonly Operation[] = ['inherited', 'succeed', 'guarded'];

/** What is posted for an operation. */
function documentOf(operation: Operation, person: string): { query: string; variables: object } {
  const kind = QUERIES.includes(operation) ? 'query' : 'mutation';
  const named = operation === 'adorned' ? person.toUpperCase() : person;
  return {
    query: `${kind} ($person: String!) { ${METHODS[operation]}(person: $person) }`,
    variables: { person: named },
  };
}

interface Result {
  data?: Record<string, string> | null;
  errors?: { message: string }[];
}

function textOf({ data, errors }: Result, operation: Operation): string {
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join());
  return data![METHODS[operation]]!;
}

/** Alone in its request, or with others of the same request beside it. */
type Ask = (
  post: (body: object) => Promise<unknown>,
  operation: Operation,
  person: string,
) => Promise<unknown>;

const alone: Ask = async (post, operation, person) =>
  textOf((await post(documentOf(operation, person))) as Result, operation);

const inABatch: Ask = async (post, operation, person) => {
  const variables = { one: person, two: operation };
  const idle = {
    query: 'query ($one: String!, $two: String!) { one: idle(pace: $one) two: idle(pace: $two) }',
    variables,
  };
  const results = (await post([idle, documentOf(operation, person), idle])) as Result[];
  for (const company of [results[0], results[2]]) {
    assert.deepEqual(Object.values(company?.data ?? {}), [person, person]);
  }
  return textOf(results[1]!, operation);
};

function graphql(
  name: string,
  ask: Ask,
  module: () => DynamicModule,
  create: (app: Type) => Promise<INestApplication>,
): Stand {
  return {
    name,
    handlers: 'OrdersResolver',
    sources: { scoped: 'ScopedResolver.scoped' },
    async start(): Promise<RunningStand> {
      const collector = await Collector.start();
      @Module({
        imports: [module(), TrackingModule.forRoot({ destinations: [collector.destination] })],
        providers: [OrdersResolver, ScopedResolver, Work],
      })
      class App {}
      const app = await create(App);
      await app.listen(0, '127.0.0.1');
      const url = `${await app.getUrl()}/graphql`;
      const tracking = app.get(TrackingService);
      return {
        tracking,
        async call(operation, person) {
          const post = async (body: object): Promise<unknown> => {
            const headers = {
              'content-type': 'application/json',
              ...(person !== undefined && { authorization: person }),
            };
            return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
          };
          return ask(post, operation, person ?? 'nobody');
        },
        delivered: () => collector.delivered(tracking),
        async close() {
          await app.close();
          await collector.close();
        },
      };
    },
  };
}

const apollo = (): DynamicModule =>
  GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    autoSchemaFile: true,
    playground: false,
    allowBatchedHttpRequests: true,
    includeStacktraceInErrorResponses: false,
  });

const mercurius = (): DynamicModule =>
  GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    autoSchemaFile: true,
    graphiql: false,
    allowBatchedQueries: true,
  });

const express = (app: Type): Promise<INestApplication> => NestFactory.create(app, { logger: false });
const fastify = (app: Type): Promise<INestApplication> =>
  NestFactory.create(app, new FastifyAdapter(), { logger: false });

export const graphqlOnApollo = graphql('GraphQL on Apollo and Express', alone, apollo, express);
export const graphqlInBatchesOnApollo = graphql('GraphQL in batches on Apollo', inABatch, apollo, express);
export const graphqlOnMercurius = graphql('GraphQL on Mercurius and Fastify', alone, mercurius, fastify);
export const graphqlInBatchesOnMercurius = graphql(
  'GraphQL in batches on Mercurius',
  inABatch,
  mercurius,
  fastify,
);
