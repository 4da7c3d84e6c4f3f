import { ApplicationConfig } from '@nestjs/core';

/**
 * Whether it is Nest 12 or later, which lets us open the identity of a microservice's message before its guards, and whose
 * clients of `ws` hear of exceptions.
 */
export const sinceNest12 = 'registerPreRequestHook' in ApplicationConfig.prototype;
