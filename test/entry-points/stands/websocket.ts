import {
  type CallHandler,
  type CanActivate,
  type ExecutionContext,
  type INestApplication,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  UsePipes,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway, WsException } from '@nestjs/websockets';
import { once } from 'node:events';
import { filter, map, type Observable } from 'rxjs';
import { io } from 'socket.io-client';
import { Track, TrackingModule, TrackingService } from 'nestjs-tracking';
import { WebSocket } from 'ws';
import { Collector } from '../collector.js';
import { Connections } from '../connections.js';
import { sinceNest12 } from '../nest-version.js';
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

type Body = { person: string; token?: string };

/** Verifies whoever speaks, and keeps the user where applications on each platform do. */
@Injectable()
class SignIn implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const client = context.switchToWs().getClient<{ user?: object; data?: { user?: object } }>();
    const { person, token } = context.switchToWs().getData<Body>();
    await pause(person);
    const user = token === undefined ? undefined : { id: token };
    if (client.data === undefined) client.user = user;
    else client.data.user = user;
    return true;
  }
}

const Guarding = guardThatTracks((context) => context.switchToWs().getData<Body>().person);

@Injectable()
class OnlyAdorned implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    return this.reflector.get<string>('adornment', context.getHandler()) === 'ribbon';
  }
}

/** Takes off what the handler has wrapped. */
@Injectable()
class Unwraps implements NestInterceptor {
  intercept(_context: ExecutionContext, next: CallHandler<{ wrapped: object }>): Observable<unknown> {
    return next.handle().pipe(map(({ wrapped }) => wrapped));
  }
}

@Injectable()
class Quiets implements PipeTransform<unknown, unknown> {
  transform(person: unknown): unknown {
    return typeof person === 'string' ? person.toLowerCase() : person;
  }
}

/** What both platforms send back under a name. */
interface Reply {
  event: string;
  data: string;
}

const reply = (data: string): Reply => ({ event: 'answer', data });

abstract class BaseGateway extends BaseHandlers {
  @SubscribeMessage('inherited')
  @Track('inherited', EXPECTED)
  async inherited(@MessageBody('person') person: string): Promise<Reply> {
    await pause(person);
    return reply(done('inherited', person));
  }
}

@WebSocketGateway()
@UseGuards(SignIn)
class OrdersGateway extends BaseGateway {
  constructor(private readonly work: Work) {
    super();
  }

  @SubscribeMessage('succeed')
  @Track('succeed', EXPECTED)
  async succeed(@MessageBody('person') person: string): Promise<Reply> {
    return reply(await succeed(person));
  }

  @Track('reject', EXPECTED)
  @SubscribeMessage('reject')
  reject(@MessageBody('person') person: string): Promise<Reply> {
    return reject(person, WsException);
  }

  @SubscribeMessage('observe')
  @Track('observe', EXPECTED)
  observe(@MessageBody('person') person: string): Observable<Reply> {
    return observe(person).pipe(
      filter((text) => text !== 'first'),
      map(reply),
    );
  }

  @SubscribeMessage('workOn')
  async workOn(@MessageBody('person') person: string): Promise<Reply> {
    return reply(await this.work.on(person));
  }

  @Track('first', EXPECTED)
  @SubscribeMessage('twice')
  @Track('second', EXPECTED)
  async twice(@MessageBody('person') person: string): Promise<Reply> {
    await pause(person);
    return reply(done('twice', person));
  }

  @SubscribeMessage('overridden')
  @Track('overridden', EXPECTED)
  // @ts-expect-error -- a gateway answers under a name, the base class does not
  override async overridden(@MessageBody('person') person: string): Promise<Reply> {
    return reply(await super.overridden(person));
  }

  @SubscribeMessage('guarded')
  @UseGuards(Guarding)
  @Track('guarded', EXPECTED)
  async guarded(@MessageBody('person') person: string): Promise<Reply> {
    return reply(done('guarded', person));
  }

  @UsePipes(Quiets)
  @UseInterceptors(Unwraps)
  @Track('adorned', EXPECTED)
  @UseGuards(OnlyAdorned)
  @SetMetadata('adornment', 'ribbon')
  @SubscribeMessage('adorned')
  async adorned(@MessageBody('person') person: string): Promise<{ wrapped: Reply }> {
    await pause(person);
    return { wrapped: reply(done('adorned', person)) };
  }
}

/** Opens connections, and asks on one. */
interface Client {
  ask(operation: Operation, body: Body): Promise<unknown>;
  close(): unknown;
}

type Connect = (url: string) => Promise<Client>;

function websocket(
  name: string,
  connect: Connect,
  configure: (app: INestApplication) => void,
  lacks?: Stand['lacks'],
): Stand {
  return {
    name,
    handlers: 'OrdersGateway',
    lacks: { scoped: 'gateways are singletons', ...lacks },
    async start(): Promise<RunningStand> {
      const collector = await Collector.start();
      @Module({
        imports: [TrackingModule.forRoot({ destinations: [collector.destination] })],
        providers: [OrdersGateway, Work],
      })
      class App {}
      const app = await NestFactory.create(App, { logger: false });
      configure(app);
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      const clients = new Connections(
        () => connect(url),
        (client) => client.close(),
      );
      const tracking = app.get(TrackingService);
      return {
        tracking,
        call: (operation, token) => {
          const person = token ?? 'nobody';
          const named = operation === 'adorned' ? person.toUpperCase() : person;
          const body = { person: named, ...(token !== undefined && { token }) };
          return clients.use((client) => client.ask(operation, body));
        },
        delivered: () => collector.delivered(tracking),
        async close() {
          await clients.close();
          await app.close();
          await collector.close();
        },
      };
    },
  };
}

const bySocketIo: Connect = async (url) => {
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false });
  await new Promise((resolve, fail) =>
    socket.once('connect', resolve as () => void).once('connect_error', fail),
  );
  return {
    ask: (operation, body) =>
      new Promise((resolve, fail) => {
        socket.off('answer').once('answer', resolve);
        const refused = ({ message }: { message: string }): void => fail(new Error(message));
        socket.off('exception').once('exception', refused);
        socket.emit(METHODS[operation], body);
      }),
    close: () => socket.disconnect(),
  };
};

const byWs: Connect = async (url) => {
  const socket = new WebSocket(url.replace('http', 'ws'));
  await once(socket, 'open');
  return {
    async ask(operation, body) {
      socket.send(JSON.stringify({ event: METHODS[operation], data: body }));
      const [text] = (await once(socket, 'message')) as [Buffer];
      const { event, data } = JSON.parse(text.toString('utf8')) as {
        event: string;
        data: string & { message?: string };
      };
      if (event === 'exception') throw new Error(data.message);
      return data;
    },
    close: () => socket.terminate(),
  };
};

export const gatewayOnSocketIo = websocket('a gateway on socket.io', bySocketIo, () => {});
export const gatewayOnWs = websocket(
  'a gateway on ws',
  byWs,
  (app) => app.useWebSocketAdapter(new WsAdapter(app)),
  sinceNest12 ? {} : { reject: 'Nest tells a client of ws nothing of an exception' },
);
