import {
  type CallHandler,
  type CanActivate,
  ConflictException,
  Controller,
  type ExecutionContext,
  Get,
  Header,
  HttpCode,
  Injectable,
  Module,
  type NestInterceptor,
  type PipeTransform,
  Post,
  Query,
  Scope,
  SetMetadata,
  UseGuards,
  UseInterceptors,
  UsePipes,
  type INestApplication,
} from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import assert from 'node:assert/strict';
import { type Observable, map } from 'rxjs';
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
  user?: { id: string };
  headers: { authorization?: string };
  query: { person: string };
}

/** Verifies who it is, as an application's guard does. */
@Injectable()
class SignIn implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<Request>();
    const { authorization } = request.headers;
    await pause(request.query.person);
    if (authorization !== undefined) request.user = { id: authorization };
    return true;
  }
}

const Guarding = guardThatTracks((context) => context.switchToHttp().getRequest<Request>().query.person);

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

@Injectable()
class Quiets implements PipeTransform<string, string> {
  transform(person: string): string {
    return person.toLowerCase();
  }
}

abstract class BaseController extends BaseHandlers {
  @Get('inherited')
  @Track('inherited', EXPECTED)
  async inherited(@Query('person') person: string): Promise<string> {
    await pause(person);
    return done('inherited', person);
  }
}

@Controller()
@UseGuards(SignIn)
class RestOrders extends BaseController {
  constructor(private readonly work: Work) {
    super();
  }

  @Get('succeed')
  @Track('succeed', EXPECTED)
  succeed(@Query('person') person: string): Promise<string> {
    return succeed(person);
  }

  @Track('reject', EXPECTED)
  @Get('reject')
  reject(@Query('person') person: string): Promise<string> {
    return reject(person, ConflictException);
  }

  @Get('observe')
  @Track('observe', EXPECTED)
  observe(@Query('person') person: string): Observable<string> {
    return observe(person);
  }

  @Get('workOn')
  workOn(@Query('person') person: string): Promise<string> {
    return this.work.on(person);
  }

  @Track('first', EXPECTED)
  @Get('twice')
  @Track('second', EXPECTED)
  async twice(@Query('person') person: string): Promise<string> {
    await pause(person);
    return done('twice', person);
  }

  @Get('overridden')
  @Track('overridden', EXPECTED)
  override overridden(@Query('person') person: string): Promise<string> {
    return super.overridden(person);
  }

  @Get('guarded')
  @UseGuards(Guarding)
  @Track('guarded', EXPECTED)
  async guarded(@Query('person') person: string): Promise<string> {
    return done('guarded', person);
  }

  @UsePipes(Quiets)
  @UseInterceptors(Wraps)
  @Track('adorned', EXPECTED)
  @UseGuards(OnlyAdorned)
  @SetMetadata('adornment', 'ribbon')
  @HttpCode(202)
  @Header('x-adorned', 'yes')
  @Post('adorned')
  async adorned(@Query('person') person: string): Promise<string> {
    await pause(person);
    return done('adorned', person);
  }
}

@Controller({ scope: Scope.REQUEST })
@UseGuards(SignIn)
class ScopedRestOrders {
  @Get('scoped')
  @Track('scoped', EXPECTED)
  async scoped(@Query('person') person: string): Promise<string> {
    await pause(person);
    return done('scoped', person);
  }
}

async function ask(url: string, operation: Operation, person: string | undefined): Promise<unknown> {
  const named = operation === 'adorned' ? (person ?? 'nobody').toUpperCase() : (person ?? 'nobody');
  const answer = await fetch(`${url}/${METHODS[operation]}?person=${named}`, {
    method: operation === 'adorned' ? 'POST' : 'GET',
    ...(person !== undefined && { headers: { authorization: person } }),
  });
  const text = await answer.text();
  if (operation !== 'adorned') {
    if (!answer.ok) throw new Error(text);
    return text;
  }
  assert.deepEqual([answer.status, answer.headers.get('x-adorned')], [202, 'yes']);
  return (JSON.parse(text) as { wrapped: string }).wrapped;
}

/** For every application that answers HTTP. */
export const restOrders = {
  handlers: 'RestOrders',
  scoped: 'ScopedRestOrders.scoped',
  controllers: [RestOrders, ScopedRestOrders],
  call: ask,
} as const;

function rest(platform: 'Express' | 'Fastify'): Stand {
  return {
    name: `REST on ${platform}`,
    handlers: restOrders.handlers,
    sources: { scoped: restOrders.scoped },
    async start(): Promise<RunningStand> {
      const collector = await Collector.start();
      @Module({
        imports: [TrackingModule.forRoot({ destinations: [collector.destination] })],
        controllers: [...restOrders.controllers],
        providers: [Work],
      })
      class App {}
      const app: INestApplication =
        platform === 'Fastify'
          ? await NestFactory.create(App, new FastifyAdapter(), { logger: false })
          : await NestFactory.create(App, { logger: false });
      await app.listen(0, '127.0.0.1');
      const url = await app.getUrl();
      const tracking = app.get(TrackingService);
      return {
        tracking,
        call: (operation, person) => ask(url, operation, person),
        delivered: () => collector.delivered(tracking),
        async close() {
          await app.close();
          await collector.close();
        },
      };
    },
  };
}

export const restOnExpress = rest('Express');
export const restOnFastify = rest('Fastify');
