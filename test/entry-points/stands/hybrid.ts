import {
  Controller,
  type INestApplication,
  type INestMicroservice,
  Module,
  Scope,
  SetMetadata,
  UseInterceptors,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  MessagePattern,
  type MicroserviceOptions,
  RpcException,
  Transport,
} from '@nestjs/microservices';
import type { AddressInfo, Server } from 'node:net';
import { lastValueFrom } from 'rxjs';
import { fromRequestUser, IdentityInterceptor, TrackingModule, TrackingService } from 'nestjs-tracking';
import { Collector } from '../collector.js';
import { sinceNest12 } from '../nest-version.js';
import { METHODS, type RunningStand, type Stand } from '../stand.js';
import { Work } from '../work.js';
import { type Kind, ordersOf } from './orders.js';
import { restOrders } from './rest.js';

interface Message {
  readonly person: string;
  readonly user?: { readonly id: string };
}

const rpc: Omit<Kind, 'on'> = {
  adornment: SetMetadata('adornment', 'ribbon'),
  Failure: RpcException,
  personOf: (context) => context.switchToRpc().getData<Message>().person,
};

const on: Kind['on'] = (operation) => MessagePattern(METHODS[operation]) as MethodDecorator;

/** One application that answers HTTP and messages; the table is held on each side of it. */
function hybrid(side: 'messages' | 'HTTP', inheritAppConfig: boolean): Stand {
  const { Orders, ScopedOrders } = ordersOf({ ...rpc, on });
  Controller()(Orders);
  Controller({ scope: Scope.REQUEST })(ScopedOrders);
  // What is global reaches a microservice only if it inherits the configuration.
  if (!inheritAppConfig)
    [Orders, ScopedOrders].forEach((orders) => UseInterceptors(IdentityInterceptor)(orders));
  const inherits = `${inheritAppConfig ? 'with' : 'without'} inheritAppConfig`;
  return {
    name: `${side} of a hybrid application, ${inherits}`,
    handlers: side === 'HTTP' ? restOrders.handlers : 'Orders',
    sources: { scoped: side === 'HTTP' ? restOrders.scoped : 'ScopedOrders.scoped' },
    ...(side === 'messages' &&
      !(inheritAppConfig && sinceNest12) && {
        lacks: { guarded: 'guards come before the identity, which an interceptor brings' },
      }),
    async start(): Promise<RunningStand> {
      const collector = await Collector.start();
      @Module({
        imports: [
          TrackingModule.forRoot({
            destinations: [collector.destination],
            identity: { resolvers: [fromRequestUser((user: { id: string }) => user.id)] },
          }),
        ],
        controllers: [...restOrders.controllers, Orders, ScopedOrders],
        providers: [Work],
      })
      class App {}
      const app: INestApplication = await NestFactory.create(App, { logger: false });
      const host = '127.0.0.1';
      const microservice: INestMicroservice = app.connectMicroservice<MicroserviceOptions>(
        { transport: Transport.TCP, options: { host, port: 0 } },
        { inheritAppConfig },
      );
      await app.startAllMicroservices();
      await app.listen(0, host);
      const url = await app.getUrl();
      const { port } = microservice.unwrap<Server>().address() as AddressInfo;
      const client = ClientProxyFactory.create({ transport: Transport.TCP, options: { host, port } });
      await client.connect();
      const tracking = app.get(TrackingService);
      return {
        tracking,
        async call(operation, person) {
          if (side === 'HTTP') return restOrders.call(url, operation, person);
          const user = person === undefined ? undefined : { id: person };
          const message: Message = { person: person ?? 'nobody', ...(user && { user }) };
          return lastValueFrom(client.send(METHODS[operation], message)).catch(
            ({ message: text }: { message: string }) => {
              throw new Error(text);
            },
          );
        },
        delivered: () => collector.delivered(tracking),
        async close() {
          await client.close();
          await app.close();
          await collector.close();
        },
      };
    },
  };
}

export const hybridStands: readonly Stand[] = [
  hybrid('messages', true),
  hybrid('messages', false),
  hybrid('HTTP', true),
];
