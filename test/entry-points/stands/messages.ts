import {
  applyDecorators,
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  type INestMicroservice,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  Scope,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import {
  ClientMqtt,
  type ClientProxy,
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  type MicroserviceOptions,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { lastValueFrom, map, type Observable } from 'rxjs';
import { fromRequestUser, type Identity, RunAs, TrackingModule, TrackingService } from 'nestjs-tracking';
import { Collector } from '../collector.js';
import { sinceNest12 } from '../nest-version.js';
import { METHODS, OPERATIONS, type RunningStand, type Stand } from '../stand.js';
import { Work } from '../work.js';
import { Endings } from './endings.js';
import { type Kind, ordersOf } from './orders.js';

/** What travels. */
interface Message {
  readonly person: string;
  /** Written by a service that has verified it; believed, because the application says so. */
  readonly user?: { readonly id: string };
  /** What `tracking.identity()` gave the sender. */
  readonly identity?: Identity;
}

/** Refuses what is not marked for it: a guard that reads what stands on the handler. */
@Injectable()
class OnlyAdorned implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    return this.reflector.get<string>('adornment', context.getHandler()) === 'ribbon';
  }
}

@Injectable()
class Wraps implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<string>): Observable<object> {
    return next.handle().pipe(map((text) => ({ wrapped: text })));
  }
}

/** Leaves objects alone: pipes of a method see every argument. */
@Injectable()
class Quiets implements PipeTransform {
  transform(value: unknown): unknown {
    return typeof value === 'string' ? value.toLowerCase() : value;
  }
}

const adornment = applyDecorators(
  SetMetadata('adornment', 'ribbon'),
  UseGuards(OnlyAdorned),
  UseInterceptors(Wraps),
  UsePipes(Quiets),
);

const rpc: Pick<Kind, 'adornment' | 'Failure' | 'personOf'> = {
  adornment,
  Failure: RpcException,
  personOf: (context) => context.switchToRpc().getData<Message>().person,
};

type Client = Pick<ClientProxy, 'connect' | 'send' | 'emit' | 'close'>;

/** A way for messages between two processes; here both are this one. */
interface Wire {
  /** For the server. */
  readonly options: MicroserviceOptions;
  /** Connected; `app` listens. */
  client(app: INestMicroservice): Promise<Client>;
  /** Until the server hears everything that is sent to it. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

async function tcp(): Promise<Wire> {
  const host = '127.0.0.1';
  return {
    options: { transport: Transport.TCP, options: { host, port: 0 } },
    async client(app) {
      const { port } = app.unwrap<Server>().address() as AddressInfo;
      return ClientProxyFactory.create({ transport: Transport.TCP, options: { host, port } });
    },
    ready: async () => undefined,
    close: async () => undefined,
  };
}

/** Nest's leaves a topic of replies after the last one of them, and with it a call that has just come to it. */
class SteadyClient extends ClientMqtt {
  protected override unsubscribeFromChannel(): void {}
}

async function mqtt(): Promise<Wire> {
  const { Aedes } = await import('aedes');
  const broker = await Aedes.createBroker();
  const subscribed = new Set<string>();
  broker.on('subscribe', (subscriptions) => subscriptions.forEach(({ topic }) => subscribed.add(topic)));
  const server = createServer((socket) => void broker.handle(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    options: { transport: Transport.MQTT, options: { url } },
    client: async () => new SteadyClient({ url }),
    async ready() {
      while (OPERATIONS.some((operation) => !subscribed.has(METHODS[operation]))) {
        await once(broker, 'subscribe');
      }
    },
    async close() {
      await new Promise<void>((resolve) => broker.close(resolve));
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Somebody asks and is answered; who it is comes from the message's `user`, because a resolver says so. */
function requests(transport: string, open: () => Promise<Wire>): Stand {
  const { Orders, ScopedOrders } = ordersOf({
    ...rpc,
    on: (operation) => MessagePattern(METHODS[operation]),
  });
  Controller()(Orders);
  Controller({ scope: Scope.REQUEST })(ScopedOrders);
  return {
    name: `messages over ${transport}`,
    handlers: 'Orders',
    sources: { scoped: 'ScopedOrders.scoped' },
    ...(!sinceNest12 && {
      lacks: { guarded: 'guards come before the identity, which an interceptor brings' },
    }),
    async start() {
      return started(await open(), [Orders, ScopedOrders], async (client, pattern, person) => {
        const user = person === undefined ? undefined : { id: person };
        const message: Message = { person: named(pattern, person), ...(user && { user }) };
        const answer = (await lastValueFrom(client.send(pattern, message)).catch(failed)) as unknown;
        return typeof answer === 'object' ? (answer as { wrapped: string }).wrapped : answer;
      });
    },
  };
}

/** Nobody is answered; who it is comes from an identity in the message. */
function events(transport: string, open: () => Promise<Wire>): Stand {
  const endings = new Endings();
  const { Orders, ScopedOrders } = ordersOf({
    ...rpc,
    on: (operation) => applyDecorators(endings.told, EventPattern(METHODS[operation]) as MethodDecorator),
    as: RunAs((_person: string, identity?: Identity) => identity),
  });
  Controller()(Orders);
  Controller({ scope: Scope.REQUEST })(ScopedOrders);
  return {
    name: `events over ${transport}`,
    handlers: 'Orders',
    sources: { scoped: 'ScopedOrders.scoped' },
    lacks: { guarded: 'a guard runs before the handler, which is what @RunAs() is on' },
    answers: false,
    async start() {
      return started(await open(), [Orders, ScopedOrders], async (client, pattern, person, tracking) => {
        const ended = endings.of(pattern, person ?? 'nobody');
        const identity =
          person === undefined ? undefined : tracking.runAs({ userId: person }, () => tracking.identity());
        const message: Message = { person: named(pattern, person), ...(identity && { identity }) };
        await lastValueFrom(client.emit(pattern, message), { defaultValue: undefined });
        await ended;
      });
    },
  };
}

type Send = (
  client: Client,
  pattern: string,
  person: string | undefined,
  tracking: TrackingService,
) => Promise<unknown>;

async function started(wire: Wire, controllers: Function[], send: Send): Promise<RunningStand> {
  const collector = await Collector.start();
  @Module({
    imports: [
      TrackingModule.forRoot({
        destinations: [collector.destination],
        identity: { resolvers: [fromRequestUser((user: { id: string }) => user.id)] },
      }),
    ],
    controllers: controllers as never,
    providers: [Work],
  })
  class App {}
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(App, {
    ...wire.options,
    logger: false,
  });
  await app.listen();
  await wire.ready();
  const client = await wire.client(app);
  await client.connect();
  const tracking = app.get(TrackingService);
  return {
    tracking,
    call: (operation, person) => send(client, METHODS[operation], person, tracking),
    delivered: () => collector.delivered(tracking),
    async close() {
      await client.close();
      await app.close();
      await wire.close();
      await collector.close();
    },
  };
}

/** The pipe of `adorned` makes it quiet again. */
function named(pattern: string, person = 'nobody'): string {
  return pattern === METHODS.adorned ? person.toUpperCase() : person;
}

/** Clients reject with what was thrown there: no error, but its members. */
function failed({ message }: { message: string }): never {
  throw new Error(message);
}

export const messagesOverTcp = requests('TCP', tcp);
export const eventsOverTcp = events('TCP', tcp);
export const messagesOverMqtt = requests('MQTT', mqtt);
export const eventsOverMqtt = events('MQTT', mqtt);
