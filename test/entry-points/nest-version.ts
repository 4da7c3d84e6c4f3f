import { ApplicationConfig } from '@nestjs/core';

/** Whether Nest lets us open the identity of a microservice's message before its guards: from 12 on. */
export const knownToGuardsOfMessages = 'registerPreRequestHook' in ApplicationConfig.prototype;
