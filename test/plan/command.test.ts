import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { BuiltApplications } from './built-application.js';

const SOURCES = {
  'tracking-plan': `
    import { defineTrackingPlan, typed } from 'nestjs-tracking';
    import { z } from 'zod';
    export const plan = defineTrackingPlan({
      'Order Completed': z.object({
        orderId: z.string().describe('As the shop | prints it'),
        revenue: z.number(),
        tier: z.enum(['free', 'pro']).optional(),
        items: z.array(z.object({ sku: z.string() })).optional(),
        placedAt: z.date().optional(),
      }).describe('An order was paid'),
      'Signed Out': z.object({}),
      'Page Viewed': typed<{ path?: string }>(),
      'Legacy Imported': { '~standard': { version: 1 as const, vendor: 'x', validate: (value: unknown) => ({ value }) } },
    }, { identify: z.object({ plan: z.string() }) });
  `,
  'orders.service': `
    import { Injectable } from '@nestjs/common';
    import { Track } from 'nestjs-tracking';
    @Injectable()
    export class OrdersService {
      @Track('Order Completed', { properties: { orderId: 'o-1', revenue: 1 } })
      create() {}
      @Track('Page Viewed')
      view() {}
    }
  `,
  'app.module': `
    import { Module } from '@nestjs/common';
    import { TrackingModule } from 'nestjs-tracking';
    import { OrdersService } from './orders.service.js';
    import { plan } from './tracking-plan.js';
    console.log('an application says what it likes');
    setInterval(() => {}, 1_000);
    @Module({
      imports: [TrackingModule.forRoot({ destinations: [], plan })],
      providers: [OrdersService],
    })
    export class AppModule {}
  `,
  'strays.module': `
    import { Module } from '@nestjs/common';
    import { Track } from 'nestjs-tracking';
    import './tracking-plan.js';
    class Reports {
      @Track('Report Made') make() {}
      @Track('toString') name() {}
      @Track('Signed Out') leave() {}
    }
    @Module({ providers: [Reports] })
    export class StraysModule {}
  `,
  'none.module': `export class NoneModule {}`,
  'two.module': `
    import './tracking-plan.js';
    import { defineTrackingPlan } from 'nestjs-tracking';
    export const other = defineTrackingPlan({ Other: { '~standard': { version: 1, vendor: 'x', validate: () => ({ value: {} }) } } });
  `,
  'broken.module': `throw new Error('DATABASE_URL is missing');`,
};

const applications = new BuiltApplications();
beforeAll(async () => {
  await applications.install();
  await applications.build('es6', 'es6', SOURCES);
  await applications.build('commonjs', 'commonjs', SOURCES);
}, 120_000);
afterAll(() => applications.remove());

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function plan(shape: string, ...argv: string[]): Promise<Ended> {
  return await new Promise((resolve) => {
    const given = [applications.cli, 'plan', ...argv];
    execFile(process.execPath, given, { cwd: `${applications.folder}/${shape}` }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe.each(['es6', 'commonjs'])('the command for an application that was built as %s', (shape) => {
  test('prints a table, and no output of the application', async () => {
    const { code, out, err } = await plan(shape, '--app', 'app.module.js');
    expect(out.split('\n')).toEqual([
      '| event | property | type | required | description |',
      '| --- | --- | --- | --- | --- |',
      '| Order Completed |  |  |  | An order was paid |',
      String.raw`| Order Completed | orderId | string | yes | As the shop \| prints it |`,
      '| Order Completed | revenue | number | yes |  |',
      String.raw`| Order Completed | tier | "free" \| "pro" |  |  |`,
      '| Order Completed | items | object[] |  |  |',
      '| Order Completed | items[].sku | string | yes |  |',
      '| Order Completed | placedAt | any |  |  |',
      '| Signed Out |  |  |  |  |',
      '| Page Viewed |  |  |  | a TypeScript type, which only the compiler can read |',
      '| Legacy Imported |  |  |  | the validator cannot convert this schema |',
      '| identify() | plan | string | yes |  |',
      '',
    ]);
    expect(err).toMatch(
      /^an application says what it likes\nLegacy Imported: the schema cannot be converted to JSON Schema/,
    );
    expect(code).toBe(0);
  });

  test('prints JSON Schema, as far as the validators can convert it', async () => {
    const { code, out } = await plan(shape, '--plan', 'tracking-plan.js', '--json-schema');
    expect(code).toBe(0);
    expect((await plan(shape, '--plan', 'tracking-plan.js', '--json')).out).toBe(out);
    expect(JSON.parse(out)).toEqual({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'Tracking plan',
      oneOf: [
        {
          title: 'Order Completed',
          type: 'object',
          properties: {
            type: { const: 'track' },
            name: { const: 'Order Completed' },
            properties: expect.objectContaining({ required: ['orderId', 'revenue'] }),
          },
          required: ['type', 'name', 'properties'],
        },
        expect.objectContaining({ title: 'Signed Out' }),
        ...['only the compiler', 'cannot convert'].map((why) =>
          expect.objectContaining({
            properties: expect.objectContaining({ properties: { $comment: expect.stringContaining(why) } }),
          }),
        ),
        expect.objectContaining({ title: 'identify()', required: ['type', 'properties'] }),
      ],
    });
  });

  test('finds that every @Track() is in it', async () => {
    const { code, out, err } = await plan(shape, '--app', 'app.module.js', '--check');
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toContain('2 @Track() checked, each with an event of the plan, which has 4 events.');
  });

  test('lists those that are missing, and ends with 1', async () => {
    const { code, out, err } = await plan(shape, '--app', 'strays.module.js', '--check');
    expect(out).toBe(
      'NOT IN THE PLAN  WHERE\nReport Made      Reports.make\ntoString         Reports.name\n',
    );
    expect(err).toContain('2 @Track() with an event that is not in the plan.');
    expect(code).toBe(1);
    const json = await plan(shape, '--app', 'strays.module.js', '--check', '--json');
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toEqual({
      events: 4,
      places: 3,
      unlisted: [
        { place: 'Reports.make', event: 'Report Made' },
        { place: 'Reports.name', event: 'toString' },
      ],
    });
  });

  test('names what it cannot do, and ends with 2', async () => {
    for (const [argv, says] of [
      [[], 'Name the file of the plan: --app dist/app.module.js'],
      [['--plan', 'tracking-plan.js', '--check'], 'Give --app dist/app.module.js with --check'],
      [['--app', 'none.module.js'], 'none.module.js defines no tracking plan'],
      [['--app', 'two.module.js'], 'define 2 tracking plans. Name the file'],
      [
        ['--app', 'broken.module.js'],
        'broken.module.js cannot be imported: Error: DATABASE_URL is missing. Build',
      ],
      [['--app', 'missing.js'], 'missing.js cannot be imported: Error: Cannot find module'],
      [['--app', 'app.module.js', '--markdown', '--json-schema'], 'cannot be used with'],
    ] as const) {
      const { code, out, err } = await plan(shape, ...argv);
      expect({ code, out }).toEqual({ code: 2, out: '' });
      expect(err).toContain(says);
    }
  });

  test('uses the plan of the named file', async () => {
    const { out } = await plan(shape, '--app', 'two.module.js', '--plan', 'tracking-plan.js');
    expect(out).toContain('| Signed Out |');
    expect(out).not.toContain('| Other |');
  });
});
