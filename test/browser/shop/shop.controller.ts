import { Body, Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { Response } from 'express';
import { Track, TrackingService } from 'nestjs-tracking';
import { type Person, People } from './people.js';
import { PAGE, type Pages, html } from './pages.js';

/** As Passport leaves it: `user` is the person whose session the request belongs to. */
export interface ShopRequest {
  readonly cookies: Partial<Record<string, string>>;
  user?: Person;
}

const SESSION = 'sid';

@Controller()
export class ShopController {
  constructor(
    private readonly people: People,
    private readonly tracking: TrackingService,
    @Inject(PAGE) private readonly pages: Pages,
  ) {}

  @Get()
  page(@Req() { user }: ShopRequest): string {
    return html(this.pages, user);
  }

  @Get('scripts/:file')
  script(@Param('file') file: string, @Res() response: Response): void {
    response.type('text/javascript').send(this.pages.scripts.get(file));
  }

  @Post('sign-up')
  signUp(
    @Body('email') email: string,
    @Req() request: ShopRequest,
    @Res({ passthrough: true }) response: Response,
  ): Person {
    const person = this.people.signUp(email);
    this.#begin(person, request, response);
    this.tracking.identify({ email });
    this.tracking.track('Signed Up');
    return person;
  }

  @Post('sign-in')
  @Track('Signed In')
  signIn(
    @Body('email') email: string,
    @Req() request: ShopRequest,
    @Res({ passthrough: true }) response: Response,
  ): Person {
    const person = this.people.named(email);
    this.#begin(person, request, response);
    return person;
  }

  @Post('sign-out')
  signOut(@Req() { cookies }: ShopRequest, @Res({ passthrough: true }) response: Response): object {
    this.people.end(cookies[SESSION]!);
    response.clearCookie(SESSION);
    return {};
  }

  @Post('orders')
  @Track('Order Completed', { properties: ({ total }: { total: number }) => ({ total }) })
  order(): { total: number } {
    return { total: 42 };
  }

  #begin(person: Person, request: ShopRequest, response: Response): void {
    response.cookie(SESSION, this.people.begin(person), { httpOnly: true, sameSite: 'lax' });
    request.user = person;
  }
}
