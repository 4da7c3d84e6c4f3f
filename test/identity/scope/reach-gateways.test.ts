import { expect, test } from '@jest/globals';
import { UseGuards, UseInterceptors } from '@nestjs/common';
import type { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { IdentityGuard } from '../../../lib/identity/scope/identity.guard.js';
import { IdentityInterceptor } from '../../../lib/identity/scope/identity.interceptor.js';
import { reachGateways } from '../../../lib/identity/scope/identity.providers.js';

class SignIn {
  canActivate(): boolean {
    return true;
  }
}

const modulesOf = (...classes: Function[]): ModulesContainer =>
  new Map([
    ['shop', { providers: new Map(classes.map((metatype) => [metatype, { metatype }])) }],
  ]) as unknown as ModulesContainer;

const guardsOf = (target: object): unknown => Reflect.getMetadata('__guards__', target);
const interceptorsOf = (target: object): unknown => Reflect.getMetadata('__interceptors__', target);

/** As Nest 11 has it. */
const ELEVEN = {} as ApplicationConfig;
const TWELVE = { registerPreRequestHook() {} } as unknown as ApplicationConfig;

test('is added before a gateway’s own guards and interceptors, once', () => {
  @WebSocketGateway()
  @UseGuards(SignIn)
  @UseInterceptors(IdentityInterceptor)
  class Gateway {}
  const before = interceptorsOf(Gateway);
  reachGateways(ELEVEN, modulesOf(Gateway));
  reachGateways(ELEVEN, modulesOf(Gateway));
  expect(guardsOf(Gateway)).toEqual([expect.any(IdentityGuard), SignIn]);
  expect(interceptorsOf(Gateway)).toEqual([expect.any(IdentityInterceptor), ...(before as unknown[])]);
});

test('leaves everything else alone, and gateways that Nest reaches itself', () => {
  class Plain {}
  @WebSocketGateway()
  class Gateway {}
  reachGateways(ELEVEN, modulesOf(Plain));
  reachGateways(TWELVE, modulesOf(Gateway));
  expect([Plain, Gateway].flatMap((each) => [guardsOf(each), interceptorsOf(each)])).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
