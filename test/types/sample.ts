/** What the schemas of a generated plan are written with. */
export type Kind = 'zod' | 'plain';

/** An application of about the size of the sample shop's, with a plan of so many events. */
export interface SampleSetup {
  readonly kind: Kind;
  readonly events: number;
  readonly registered: boolean;
}

const AREAS = 20;
const FILES_PER_AREA = 3;

/**
 * Generates the files of an application: 20 areas of three files (a service, a controller, an interceptor with the area's
 * record). In every second area the service records an event of the plan, and the controller another one by a decorator:
 * twice as many for its files as the sample shop has. By path below the application.
 */
export function sample({ kind, events, registered }: SampleSetup): Map<string, string> {
  const names = Array.from({ length: events }, (_, i) => eventName(i));
  const files = new Map([
    ['plan.ts', planFile(kind, names, registered)],
    ['main.ts', mainFile()],
  ]);
  for (let area = 0; area < AREAS; area++) {
    const tracked = area % 2 === 0;
    const [first, second] = names.slice(Math.floor((area * events) / AREAS));
    files.set(`area${area}/record.interceptor.ts`, recordFile(area));
    files.set(`area${area}/service.ts`, serviceFile(area, tracked ? first : undefined));
    files.set(`area${area}/controller.ts`, controllerFile(area, tracked ? second : undefined));
  }
  return files;
}

/** Files of a sample, beside its plan and its main file. */
export const SAMPLE_FILES = AREAS * FILES_PER_AREA;

/** Places in a sample where something is recorded. */
export const RECORDED = AREAS;

const VERBS = ['Created', 'Viewed', 'Updated', 'Completed', 'Cancelled', 'Refunded', 'Shared', 'Renewed'];

function eventName(i: number): string {
  return `Thing ${Math.floor(i / VERBS.length)} ${VERBS[i % VERBS.length]!}`;
}

const MEMBERS: Record<Kind, string> = {
  zod: `z.object({
    id: z.string(),
    revenue: z.number(),
    currency: z.enum(['EUR', 'USD', 'GBP']),
    coupon: z.string().optional(),
    items: z.array(z.object({ sku: z.string(), quantity: z.number(), price: z.number() })).optional(),
    placedAt: z.date().optional(),
  })`,
  plain: `typed<{
    id: string;
    revenue: number;
    currency: 'EUR' | 'USD' | 'GBP';
    coupon?: string;
    items?: { sku: string; quantity: number; price: number }[];
    placedAt?: Date;
  }>()`,
};

function planFile(kind: Kind, names: readonly string[], registered: boolean): string {
  const imports =
    kind === 'zod'
      ? `import { defineTrackingPlan } from 'nestjs-tracking';\nimport { z } from 'zod';`
      : `import { defineTrackingPlan, typed } from 'nestjs-tracking';`;
  const register = `declare module 'nestjs-tracking' {\n  interface Register {\n    plan: typeof plan;\n  }\n}`;
  // Each has a member of its own: two hundred events are two hundred types.
  const events = names.map((name, i) => `  '${name}': ${MEMBERS[kind].replace('coupon', `coupon${i}`)},`);
  return `${imports}

export const plan = defineTrackingPlan({
${events.join('\n')}
});
${registered ? register : ''}
// What is used of the plan without registering it, too.
export const names = Object.keys(plan.events);
`;
}

function mainFile(): string {
  const areas = Array.from({ length: AREAS }, (_, area) => area);
  const list = (name: string): string => areas.map((area) => `${name}${area}`).join(', ');
  return `import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { memory, TrackingModule, webhook } from 'nestjs-tracking';
${areas.map((area) => `import { Controller${area} } from './area${area}/controller.js';\nimport { Service${area} } from './area${area}/service.js';`).join('\n')}
import { plan } from './plan.js';

@Module({
  imports: [TrackingModule.forRoot({ destinations: [webhook({ url: 'https://x.example' })], buffer: memory(), plan })],
  controllers: [${list('Controller')}],
  providers: [${list('Service')}],
})
class AppModule {}

const app = await NestFactory.create<NestExpressApplication>(AppModule);
app.useGlobalPipes(new ValidationPipe({ whitelist: true }));
app.set('trust proxy', 1);
app.enableShutdownHooks();
await app.listen(3000);
`;
}

function recordFile(area: number): string {
  return `import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request } from 'express';
import { catchError, map, type Observable, tap, throwError, timeout } from 'rxjs';

export interface Record${area} {
  readonly id: string;
  readonly total: number;
  readonly createdAt: Date;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly price: number }[];
}

export class CreateRecord${area}Dto {
  id!: string;
  lines!: { sku: string; quantity: number; price: number }[];
}

export function sum(record: Pick<Record${area}, 'lines'>): number {
  return record.lines.reduce((all, { quantity, price }) => all + quantity * price, 0);
}

@Injectable()
export class Record${area}Interceptor implements NestInterceptor<Record${area}, Record${area} & { readonly tookMs: number }> {
  readonly seen = new Map<string, number>();

  intercept(context: ExecutionContext, next: CallHandler<Record${area}>): Observable<Record${area} & { readonly tookMs: number }> {
    const began = Date.now();
    const request = context.switchToHttp().getRequest<Request<{ id: string }>>();
    return next.handle().pipe(
      timeout(5_000),
      tap(({ id }) => this.seen.set(id, (this.seen.get(request.params.id) ?? 0) + 1)),
      map((record) => ({ ...record, tookMs: Date.now() - began })),
      catchError((error: unknown) => throwError(() => error)),
    );
  }
}
`;
}

function serviceFile(area: number, event: string | undefined): string {
  const recorded = `this.tracking.track('${event}', { id: record.id, revenue: sum(record), currency: 'EUR' }, { key: record.id });`;
  return `import { Inject, Injectable, Logger, NotFoundException } from '@nestjs/common';
import { TrackingService } from 'nestjs-tracking';
import { type CreateRecord${area}Dto, type Record${area}, sum } from './record.interceptor.js';

@Injectable()
export class Service${area} {
  private readonly log = new Logger(Service${area}.name);
  private readonly records = new Map<string, Record${area}>();

  constructor(@Inject(TrackingService) private readonly tracking: TrackingService) {}

  async create({ id, lines }: CreateRecord${area}Dto): Promise<Record${area}> {
    const record = { id, lines, total: sum({ lines }), createdAt: new Date() };
    this.records.set(id, record);
    ${event === undefined ? '' : recorded}
    await this.tracking.flush({ timeoutMs: 100 });
    this.log.log(\`\${record.id} of \${this.records.size}\`);
    return record;
  }

  find(id: string): Record${area} {
    const record = this.records.get(id);
    if (record === undefined) throw new NotFoundException(id);
    return record;
  }

  dearest(limit: number): Record${area}[] {
    return [...this.records.values()].toSorted((a, b) => b.total - a.total).slice(0, limit);
  }
}
`;
}

function controllerFile(area: number, event: string | undefined): string {
  const tracked = `@Track('${event}', {
    properties: (record: Record${area}) => ({ id: record.id, revenue: record.total, currency: 'EUR' }),
    key: (record: Record${area}) => record.id,
    timestamp: (record: Record${area}) => record.createdAt,
  })`;
  return `import { Body, Controller, Get, Inject, Param, ParseIntPipe, Post, Query, UseInterceptors } from '@nestjs/common';
import { Track } from 'nestjs-tracking';
import { CreateRecord${area}Dto, type Record${area}, Record${area}Interceptor } from './record.interceptor.js';
import { Service${area} } from './service.js';

@Controller('area${area}')
@UseInterceptors(Record${area}Interceptor)
export class Controller${area} {
  readonly decorator = Track;

  constructor(@Inject(Service${area}) private readonly service: Service${area}) {}

  @Post()
  ${event === undefined ? '' : tracked}
  async create(@Body() body: CreateRecord${area}Dto): Promise<Record${area}> {
    return await this.service.create(body);
  }

  @Get(':id')
  find(@Param('id') id: string): Record${area} {
    return this.service.find(id);
  }

  @Get()
  list(@Query('limit', ParseIntPipe) limit: number): { records: Record${area}[]; total: number } {
    const records = this.service.dearest(limit);
    return { records, total: records.reduce((sum, { total }) => sum + total, 0) };
  }
}
`;
}
