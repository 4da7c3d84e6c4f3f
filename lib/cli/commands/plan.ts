import { Option } from 'commander';
import { trackedPlaces } from '../../decorator/tracked-places.js';
import type { TrackingPlan } from '../../plan/tracking-plan.js';
import { CliError, EXIT } from '../cli-error.js';
import {
  allInPlan,
  checkNeedsApp,
  namesNoModule,
  nothingTracked,
  notInPlan,
  untoldSchemas,
} from '../cli.messages.js';
import { safeJson } from '../output/safe-text.js';
import { table } from '../output/table.js';
import { loadPlan } from '../plan/load-plan.js';
import { documentOf } from '../plan/plan-document.js';
import { markdownOf } from '../plan/plan-markdown.js';
import { schemasOf, type ToldSchema } from '../plan/told-schema.js';
import type { Program } from '../program.js';
import type { Scene } from '../session.js';

interface PlanOptions {
  readonly app?: string;
  readonly plan?: string;
  readonly jsonSchema?: boolean;
  readonly markdown?: boolean;
  readonly check?: boolean;
}

/** `plan`: prints the tracking plan, and checks that the application's `@Track()` are in it. */
export function addPlan(program: Program): void {
  const command = program
    .command('plan')
    .description(
      'print the tracking plan of a built application, and compare it with the @Track() decorators',
    )
    .option(
      '--app <file>',
      "the application's built module, such as dist/app.module.js; imported, not started",
    )
    .option('--plan <file>', 'the built file that defines the plan, such as dist/tracking-plan.js')
    .addOption(new Option('--json-schema', 'print the plan as JSON Schema').conflicts('markdown'))
    .option('--markdown', 'print the plan as a Markdown table (default)')
    .option('--check', 'list every @Track() whose event is not in the plan (exits with 1 if there are any)');
  program.journalless(command, async (scene, options: PlanOptions & { json?: boolean }) => {
    const { app, plan: file, jsonSchema, markdown, check } = options;
    const named = file ?? app;
    if (named === undefined) throw new CliError(namesNoModule());
    if (check === true && app === undefined) throw new CliError(checkNeedsApp());
    const plan = await loadPlan(scene.services.load, app, file);
    const isJson = options.json === true;
    // With --check, --json prints the findings instead of the plan.
    if (jsonSchema === true || (isJson && check !== true && markdown !== true)) {
      await tellAs(scene, plan, (told) => `${safeJson(documentOf(told), 2)}\n`);
    } else if (markdown === true || check !== true) await tellAs(scene, plan, markdownOf);
    if (check === true) await compare(scene, plan, app!, isJson);
  });
}

async function tellAs(
  { terminal }: Scene,
  plan: TrackingPlan,
  text: (told: readonly ToldSchema[]) => string,
): Promise<void> {
  const told = schemasOf(plan);
  await terminal.write(text(told));
  const untold = told.filter(({ schema, isType }) => schema === undefined && !isType).map(({ name }) => name);
  if (untold.length > 0) terminal.tell(untoldSchemas(untold));
}

async function compare(
  { terminal, exit }: Scene,
  plan: TrackingPlan,
  app: string,
  json: boolean,
): Promise<void> {
  const places = trackedPlaces();
  const events = Object.keys(plan.events).length;
  const unlisted = places.filter(({ event }) => !Object.hasOwn(plan.events, event));
  if (unlisted.length > 0) exit(EXIT.found);
  if (json) {
    await terminal.write(`${safeJson({ events, places: places.length, unlisted })}\n`);
    return;
  }
  if (unlisted.length > 0) {
    const rows = unlisted.map(({ place, event }) => [event, place]);
    await terminal.write(table([{ title: 'NOT IN THE PLAN' }, { title: 'WHERE' }], rows));
    terminal.tell(notInPlan(unlisted.length));
  } else terminal.tell(places.length === 0 ? nothingTracked(app) : allInPlan(places.length, events));
}
