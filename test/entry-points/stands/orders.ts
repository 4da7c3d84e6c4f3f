import { Injectable, Scope, UseGuards } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { Observable } from 'rxjs';
import { type Identity, Track } from 'nestjs-tracking';
import type { Operation } from '../stand.js';
import {
  BaseHandlers,
  done,
  EXPECTED,
  observe,
  pause,
  type PersonOf,
  guardThatTracks,
  reject,
  succeed,
  Work,
} from '../work.js';

/** What makes the methods of a class handlers of one kind. */
export interface Kind {
  /** Marks the handler of an operation, such as `@MessagePattern('succeed')`. */
  readonly on: (operation: Operation) => MethodDecorator;
  /** Between the mark and `@Track()`: `@RunAs()`, where the message itself says who it is about. */
  readonly as?: MethodDecorator;
  /** Around the handler of `adorned`. */
  readonly adornment: MethodDecorator;
  /** What its transport tells a caller of. */
  readonly Failure?: new (message: string) => Error;
  /** For a guard; where there are none, nobody asks for it. */
  readonly personOf?: PersonOf;
}

export interface OrdersClasses {
  readonly Orders: new (work: Work) => object;
  readonly ScopedOrders: new () => object;
}

/** One class of handlers for everything that calls methods: messages, events, timers, scripts. */
export function ordersOf({ on, as = () => undefined, adornment, Failure, personOf }: Kind): OrdersClasses {
  const Guarding = guardThatTracks(personOf ?? (() => 'nobody'));

  abstract class BaseOrders extends BaseHandlers {
    @on('inherited')
    @as
    @Track('inherited', EXPECTED)
    async inherited(@Payload('person') person: string, @Payload('identity') _as?: Identity): Promise<string> {
      await pause(person);
      return done('inherited', person);
    }
  }

  @Injectable()
  class Orders extends BaseOrders {
    constructor(private readonly work: Work) {
      super();
    }

    @on('succeed')
    @as
    @Track('succeed', EXPECTED)
    succeed(@Payload('person') person: string, @Payload('identity') _as?: Identity): Promise<string> {
      return succeed(person);
    }

    @Track('reject', EXPECTED)
    @as
    @on('reject')
    reject(@Payload('person') person: string, @Payload('identity') _as?: Identity): Promise<string> {
      return reject(person, Failure);
    }

    @on('observe')
    @as
    @Track('observe', EXPECTED)
    observe(@Payload('person') person: string, @Payload('identity') _as?: Identity): Observable<string> {
      return observe(person);
    }

    @on('work on')
    @as
    workOn(@Payload('person') person: string, @Payload('identity') _as?: Identity): Promise<string> {
      return this.work.on(person);
    }

    @on('twice')
    @Track('first', EXPECTED)
    @as
    @Track('second', EXPECTED)
    async twice(@Payload('person') person: string, @Payload('identity') _as?: Identity): Promise<string> {
      await pause(person);
      return done('twice', person);
    }

    @on('overridden')
    @as
    @Track('overridden', EXPECTED)
    override overridden(
      @Payload('person') person: string,
      @Payload('identity') _as?: Identity,
    ): Promise<string> {
      return super.overridden(person);
    }

    @on('guarded')
    @UseGuards(Guarding)
    @as
    @Track('guarded', EXPECTED)
    async guarded(@Payload('person') person: string, @Payload('identity') _as?: Identity): Promise<string> {
      return done('guarded', person);
    }

    @adornment
    @on('adorned')
    @as
    @Track('adorned', EXPECTED)
    async adorned(@Payload('person') person: string, @Payload('identity') _as?: Identity): Promise<string> {
      await pause(person);
      return done('adorned', person);
    }
  }

  @Injectable({ scope: Scope.REQUEST })
  class ScopedOrders {
    @on('scoped')
    @as
    @Track('scoped', EXPECTED)
    async scoped(@Payload('person') person: string, @Payload('identity') _as?: Identity): Promise<string> {
      await pause(person);
      return done('scoped', person);
    }
  }

  return { Orders, ScopedOrders };
}
