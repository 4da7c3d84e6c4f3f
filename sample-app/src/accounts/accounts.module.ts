import { type MiddlewareConsumer, Module, type NestModule } from '@nestjs/common';
import { AccountsController } from './accounts.controller.js';
import { AccountsService } from './accounts.service.js';
import { BrowserLink } from './browser-link.js';
import { SessionController } from './session.controller.js';
import { SessionMiddleware } from './session.middleware.js';
import { Sessions } from './sessions.js';

@Module({
  controllers: [AccountsController, SessionController],
  providers: [AccountsService, Sessions, BrowserLink],
})
export class AccountsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(SessionMiddleware).forRoutes('{*path}');
  }
}
