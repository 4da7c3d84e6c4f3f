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
  SetMetadata,
  type Type,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { Args, GqlExecutionContext, GraphQLModule, Query, Resolver, Subscription } from '@nestjs/graphql';
import { MercuriusDriver, type MercuriusDriverConfig } from '@nestjs/mercurius';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { createClient } from 'graphql-ws';
import { map, type Observable } from 'rxjs';
import { Track, TrackingModule, TrackingService } from 'nestjs-tracking';
import { WebSocket } from 'ws';
import { Collector } from '../collector.js';
import { METHODS, type Operation, type RunningStand, type Stand } from '../stand.js';
import { BaseHandlers, done, EXPECTED, guardThatTracks, pause, reject, Work } from '../work.js';

/** What the subscription of an operation sends: one value, and its end. */
async function* values(operation: Operation, person: string): AsyncGenerator<Record<string, string>> {
  await pause(person);
  yield { [METHODS[operation]]: done(operation, person) };
}

const Guarding = guardThatTracks(
  (context) => GqlExecutionContext.create(context).getArgs<{ person: string }>().person,
);

@Injectable()
class OnlyAdorned implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    return this.reflector.get<string>('adornment', context.getHandler()) === 'ribbon';
  }
}

@Injectable()
class Unwraps implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<{ wrapped: object }>): Observable<object> {
    return next.handle().pipe(map(({ wrapped }) => wrapped));
  }
}

@Injectable()
class Quiets implements PipeTransform<string, string> {
  transform(person: string): string {
    return person.toLowerCase();
  }
}

type Values = AsyncIterable<Record<string, string>>;

@Resolver({ isAbstract: true })
abstract class BaseFeed extends BaseHandlers {
  @Subscription(() => String)
  @Track('inherited', EXPECTED)
  inherited(@Args('person') person: string): Values {
    return values('inherited', person);
  }
}

@Resolver()
class OrdersFeed extends BaseFeed {
  constructor(private readonly work: Work) {
    super();
  }

  /** A schema has one query at least. */
  @Query(() => String)
  nothing(): string {
    return '';
  }

  @Subscription(() => String)
  @Track('succeed', EXPECTED)
  succeed(@Args('person') person: string): Values {
    return values('succeed', person);
  }

  @Track('reject', EXPECTED)
  @Subscription(() => String)
  reject(@Args('person') person: string): Promise<Values> {
    return reject(person, ConflictException);
  }

  @Subscription(() => String)
  async workOn(@Args('person') person: string): Promise<Values> {
    await this.work.on(person);
    return values('work on', person);
  }

  @Track('first', EXPECTED)
  @Subscription(() => String)
  @Track('second', EXPECTED)
  twice(@Args('person') person: string): Values {
    return values('twice', person);
  }

  @Subscription(() => String, { name: 'overridden' })
  @Track('overridden', EXPECTED)
  // @ts-expect-error -- a subscription gives values, the base class a text
  override async overridden(@Args('person') person: string): Promise<Values> {
    await super.overridden(person);
    return values('overridden', person);
  }

  @Subscription(() => String)
  @UseGuards(Guarding)
  @Track('guarded', EXPECTED)
  guarded(@Args('person') person: string): Values {
    return values('guarded', person);
  }

  @UsePipes(Quiets)
  @UseInterceptors(Unwraps)
  @Track('adorned', EXPECTED)
  @UseGuards(OnlyAdorned)
  @SetMetadata('adornment', 'ribbon')
  @Subscription(() => String)
  async adorned(@Args('person') person: string): Promise<{ wrapped: Values }> {
    return { wrapped: values('adorned', person) };
  }
}

interface Result {
  data?: Record<string, string> | null | undefined;
  errors?: readonly { message: string }[] | undefined;
}

/** Connects, asks for one subscription, and listens until it ends. */
async function listen(url: string, operation: Operation, person: string | undefined): Promise<unknown> {
  const client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    connectionParams: person === undefined ? {} : { token: person },
  });
  try {
    const named = operation === 'adorned' ? (person ?? 'nobody').toUpperCase() : (person ?? 'nobody');
    const method = METHODS[operation];
    const query = `subscription ($person: String!) { ${method}(person: $person) }`;
    const heard: Result[] = [];
    await new Promise<void>((resolve, fail) =>
      client.subscribe(
        { query, variables: { person: named } },
        { next: (result) => heard.push(result as Result), complete: resolve, error: fail },
      ),
    ).catch((error: unknown) => {
      throw Array.isArray(error) ? new Error(JSON.stringify(error)) : error;
    });
    const [result] = heard;
    if (result?.errors !== undefined) throw new Error(JSON.stringify(result.errors));
    return result?.data?.[method];
  } finally {
    await client.dispose();
  }
}

function subscriptions(
  name: string,
  module: () => DynamicModule,
  create: (app: Type) => Promise<INestApplication>,
): Stand {
  return {
    name,
    handlers: 'OrdersFeed',
    lacks: {
      observe: 'a subscription is an async iterable',
      scoped: 'resolvers of subscriptions are singletons',
    },
    async start(): Promise<RunningStand> {
      const collector = await Collector.start();
      @Module({
        imports: [module(), TrackingModule.forRoot({ destinations: [collector.destination] })],
        providers: [OrdersFeed, Work],
      })
      class App {}
      const app = await create(App);
      await app.listen(0, '127.0.0.1');
      const url = `${(await app.getUrl()).replace('http', 'ws')}/graphql`;
      const tracking = app.get(TrackingService);
      return {
        tracking,
        call: (operation, person) => listen(url, operation, person),
        delivered: () => collector.delivered(tracking),
        async close() {
          await app.close();
          await collector.close();
        },
      };
    },
  };
}

/** What verifies the token that a client sent; nobody's is none. */
function verified(params: unknown): { id: string } | undefined {
  const { token } = (params ?? {}) as { token?: string };
  return token === undefined ? undefined : { id: token };
}

const apollo = (): DynamicModule =>
  GraphQLModule.forRoot<ApolloDriverConfig>({
    driver: ApolloDriver,
    autoSchemaFile: true,
    playground: false,
    subscriptions: {
      'graphql-ws': {
        onConnect({ extra, connectionParams }) {
          (extra as { user?: unknown }).user = verified(connectionParams);
        },
      },
    },
  });

const mercurius = (): DynamicModule =>
  GraphQLModule.forRoot<MercuriusDriverConfig>({
    driver: MercuriusDriver,
    autoSchemaFile: true,
    graphiql: false,
    subscription: { onConnect: ({ payload }) => ({ user: verified(payload) }) },
  });

export const subscriptionsOnApollo = subscriptions('subscriptions on Apollo and graphql-ws', apollo, (app) =>
  NestFactory.create(app, { logger: false }),
);
export const subscriptionsOnMercurius = subscriptions('subscriptions on Mercurius', mercurius, (app) =>
  NestFactory.create(app, new FastifyAdapter(), { logger: false }),
);
