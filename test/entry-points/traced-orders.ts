import {
  type CallHandler,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Inject,
  Injectable,
  InternalServerErrorException,
  type NestInterceptor,
  Post,
  Res,
  StreamableFile,
  UseInterceptors,
} from '@nestjs/common';
import { Readable } from 'node:stream';
import { from, mergeMap, type Observable, of, throwError } from 'rxjs';
import { RunAs, Track, TrackingService } from 'nestjs-tracking';

/** As packages do that wrap a method, and carry nothing over: name, length and metadata are lost. */
const Wrapped: MethodDecorator = (_target, _key, descriptor: PropertyDescriptor) => {
  const original = descriptor.value as (...args: unknown[]) => unknown;
  descriptor.value = function (this: unknown, ...args: unknown[]): unknown {
    return original.apply(this, args);
  };
};

/** Gives another result, after the method has succeeded. */
const failing: NestInterceptor = {
  intercept: (_context: ExecutionContext, next: CallHandler): Observable<unknown> =>
    next
      .handle()
      .pipe(mergeMap(() => throwError(() => new InternalServerErrorException('serialiser is broken')))),
};

interface Reply {
  status(code: number): Reply;
  send(body?: unknown): Reply;
}

/** Everybody is Ada. */
export const user: CanActivate = {
  canActivate(context: ExecutionContext): boolean {
    context.switchToHttp().getRequest<{ user?: object }>().user = { id: 'ada' };
    return true;
  },
};

@Injectable()
export class Stock {
  @Track('Stock Changed')
  change(): number {
    return 1;
  }
}

/** What is tracked here, in ways that a tracer's wrapper could hide. */
@Controller()
export class Orders {
  constructor(
    @Inject(TrackingService) private readonly tracking: TrackingService,
    @Inject(Stock) private readonly stock: Stock,
  ) {}

  @Post('fine')
  @Track('Fine')
  fine(): object {
    this.tracking.track('Within');
    this.stock.change();
    return {};
  }

  @Get('observed')
  @Track('Observed')
  observed(): Observable<string> {
    return from(['ok']);
  }

  @Get('wrapped')
  @Wrapped
  @Track('Wrapped')
  wrapped(): string {
    this.tracking.track('Within');
    return 'ok';
  }

  @Get('broken-late')
  @UseInterceptors(failing)
  @Track('Broken Late')
  async brokenLate(): Promise<object> {
    return {};
  }

  @Get('wrapped-broken-late')
  @UseInterceptors(failing)
  @Wrapped
  @Track('Broken Late')
  wrappedBrokenLate(): object {
    return {};
  }

  @Get('tracked-above')
  @UseInterceptors(failing)
  trackedBelow(): object {
    return this.helper();
  }

  @Track('Helped')
  helper(): object {
    return {};
  }

  @Track('Above')
  @Get('above')
  @UseInterceptors(failing)
  above(): object {
    return {};
  }

  @Get('unpaid')
  @Track('Unpaid')
  unpaid(@Res() reply: Reply): void {
    reply.status(402).send('pay first');
  }

  @Get('paid')
  @Track('Paid')
  paid(@Res() reply: Reply): void {
    reply.status(200).send('thanks');
  }

  @Get('stream')
  @Track('Streamed')
  stream(): StreamableFile {
    return new StreamableFile(Readable.from(['a', 'b']));
  }

  @Get('stream-broken')
  @Track('Streamed')
  streamBroken(): StreamableFile {
    const broken = new Readable({
      read() {
        this.destroy(new Error('disk'));
      },
    });
    return new StreamableFile(broken);
  }

  @Get('acted')
  @RunAs(() => ({ userId: 'bob' }))
  @Track('Acted')
  acted(): Observable<object> {
    return of({});
  }
}

interface Traced {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Each with what recorded it, in the order of their acceptance. */
  readonly events: readonly (readonly [name: string, source: string])[];
  /** Default: Ada. */
  readonly userId?: string;
}

/** Each of them records so much, about its person and once. */
export const RECORDED: readonly Traced[] = [
  {
    method: 'POST',
    path: '/fine',
    events: [
      ['Within', 'Orders.fine'],
      ['Stock Changed', 'Stock.change'],
      ['Fine', 'Orders.fine'],
    ],
  },
  { method: 'GET', path: '/observed', events: [['Observed', 'Orders.observed']] },
  {
    method: 'GET',
    path: '/wrapped',
    events: [
      ['Within', 'Orders.wrapped'],
      ['Wrapped', 'Orders.wrapped'],
    ],
  },
  { method: 'GET', path: '/paid', events: [['Paid', 'Orders.paid']] },
  { method: 'GET', path: '/stream', events: [['Streamed', 'Orders.stream']] },
  { method: 'GET', path: '/tracked-above', events: [['Helped', 'Orders.helper']] },
  { method: 'GET', path: '/acted', events: [['Acted', 'Orders.acted']], userId: 'bob' },
];

/** What fails after its method has succeeded, by path: none of them records anything. */
export const UNRECORDED = {
  'an interceptor that answers 500': '/broken-late',
  'one around a method that another decorator has wrapped': '/wrapped-broken-late',
  'one below the decorator': '/above',
  'a handler that answers 402 by @Res()': '/unpaid',
  'a stream that breaks': '/stream-broken',
} as const;
