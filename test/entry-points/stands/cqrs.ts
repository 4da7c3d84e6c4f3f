import { Injectable, Module, Scope } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  CommandBus,
  CommandHandler,
  CqrsModule,
  EventBus,
  EventsHandler,
  QueryBus,
  QueryHandler,
} from '@nestjs/cqrs';
import { isObservable, lastValueFrom } from 'rxjs';
import { TrackingModule, TrackingService } from 'nestjs-tracking';
import { Collector } from '../collector.js';
import { type Operation, OPERATIONS, type RunningStand, type Stand } from '../stand.js';
import { Work } from '../work.js';
import { Adornment } from './adornment.js';
import { Endings } from './endings.js';
import { type HandlerClass, type HandlerKind, handlersOf, sourcesOf } from './order-handlers.js';

type Message = object & { readonly person: string };
type MessageClass = new (person: string) => Message;

/** A class for each operation, because that is what CQRS finds handlers by. */
function messages(): Record<Operation, MessageClass> {
  const classes = OPERATIONS.map((operation) => [
    operation,
    class {
      constructor(readonly person: string) {}
    },
  ]);
  return Object.fromEntries(classes) as Record<Operation, MessageClass>;
}

/** Nest reads the scope of an event's handler from its class alone. */
function scoped(operation: Operation, mark: ClassDecorator): ClassDecorator {
  return operation !== 'scoped'
    ? mark
    : (target) => {
        Injectable({ scope: Scope.REQUEST })(target);
        return mark(target);
      };
}

type Handled = 'commands' | 'queries' | 'events';

function handled(by: Handled, mark: (message: MessageClass) => ClassDecorator): Stand {
  const classes = messages();
  const adornment = new Adornment();
  const endings = new Endings();
  const isEvent = by === 'events';
  const kind: HandlerKind = {
    method: isEvent ? 'handle' : 'execute',
    on: (operation) => scoped(operation, mark(classes[operation])),
    adornment: adornment.decorator,
    ...(isEvent && { as: endings.told }),
  };
  const handlers = handlersOf(kind);
  return {
    name: `CQRS ${by}`,
    handlers: 'Handler',
    sources: sourcesOf(`Handler.${kind.method}`),
    lacks: {
      guarded: 'CQRS has no guards',
      ...(isEvent && { observe: 'nobody subscribes to what a handler of events returns' }),
    },
    contextless: true,
    answers: !isEvent,
    async start(): Promise<RunningStand> {
      const collector = await Collector.start();
      const { observe: Observes, ...others } = handlers;
      const providers: HandlerClass[] = isEvent
        ? Object.values(others)
        : [Observes, ...Object.values(others)];
      @Module({
        imports: [TrackingModule.forRoot({ destinations: [collector.destination] }), CqrsModule.forRoot()],
        providers: [...providers, Work],
      })
      class App {}
      const app = await NestFactory.createApplicationContext(App, { logger: false });
      const tracking = app.get(TrackingService);
      const buses = { commands: app.get(CommandBus), queries: app.get(QueryBus), events: app.get(EventBus) };
      const send = async (message: Message): Promise<unknown> => {
        if (by === 'commands') return buses.commands.execute(message);
        if (by === 'queries') return buses.queries.execute(message);
        const ended = endings.of(kind.method, message.person);
        buses.events.publish(message);
        await ended;
        return undefined;
      };
      return {
        tracking,
        async call(operation, person) {
          const message = new classes[operation](person ?? 'nobody');
          const answer =
            person === undefined
              ? await send(message)
              : await tracking.runAs({ userId: person }, () => send(message));
          if (operation === 'adorned') {
            adornment.expectCalled(Reflect.get(handlers.adorned.prototype as object, kind.method));
          }
          return isObservable(answer) ? lastValueFrom(answer) : answer;
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

export const commands = handled('commands', (message) => CommandHandler(message));
export const queries = handled('queries', (message) => QueryHandler(message));
export const domainEvents = handled('events', (message) => EventsHandler(message));
