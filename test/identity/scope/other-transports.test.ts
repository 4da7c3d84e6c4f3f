import { describe, expect, test } from '@jest/globals';
import { Controller, Get, Injectable, Module, SetMetadata, type Type } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { IdentityInterceptor } from '../../../lib/identity/scope/identity.interceptor.js';
import { identityProviders } from '../../../lib/identity/scope/identity.providers.js';

/** As the packages of Nest mark them, none of which is needed here. */
const marked = (key: string): MethodDecorator & ClassDecorator => SetMetadata(key, 1);

@Controller('plain')
class Plain {
  @Get()
  get(): void {}
}

@Controller()
class Consumer {
  @marked('microservices:handler_type')
  consume(): void {}
}

@marked('websockets:is_gateway')
class Gateway {}

@Injectable()
class Resolver {
  @marked('graphql:resolver_type')
  orders(): void {}
}

async function interceptorsOf(controllers: Type[], providers: Type[]): Promise<unknown[]> {
  @Module({ controllers, providers })
  class Feature {}
  const module = await Test.createTestingModule({
    imports: [Feature],
    providers: identityProviders,
  }).compile();
  const config = (module as unknown as { applicationConfig: ApplicationConfig }).applicationConfig;
  expect(module.get(ModulesContainer)).toBeDefined();
  return config.getGlobalInterceptors().filter((interceptor) => interceptor !== undefined);
}

describe('the interceptor is registered', () => {
  test.each<[string, Type[], Type[]]>([
    ['a consumer of messages', [Plain, Consumer], []],
    ['a gateway', [Plain], [Gateway]],
    ['a resolver', [], [Resolver]],
  ])('for %s', async (_what, controllers, providers) => {
    expect(await interceptorsOf(controllers, providers)).toEqual([expect.any(IdentityInterceptor)]);
  });

  test('not for HTTP alone, whose requests would pay for it', async () => {
    expect(await interceptorsOf([Plain], [])).toEqual([]);
  });
});
