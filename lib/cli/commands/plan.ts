import { Option } from 'commander';
import { trackedPlaces } from '../../decorator/tracked-places.js';
import { definedPlans, isTrackingPlan, type TrackingPlan } from '../../plan/tracking-plan.js';
import { EXIT, type Scene, type Services } from '../session.js';
import { cliMessages } from '../cli.messages.js';
import { journalless } from '../command.js';
import { option, type OptionRow } from '../options/option.js';
import { safeJson } from '../output/safe-text.js';
import { table } from '../output/table.js';
import { markdownOf } from '../plan/plan-markdown.js';
import { documentOf, schemasOf, type PlanSchema } from '../plan/plan-schema.js';

const JSON_SCHEMA: OptionRow<boolean | undefined> = {
  parser: () => new Option('--json-schema', 'print the plan as JSON Schema').conflicts('markdown'),
};

/** `plan`: prints the tracking plan, and checks that the application's `@Track()` are in it. */
export const plan = journalless({
  name: 'plan',
  description: 'print the tracking plan of a built application, and compare it with the @Track() decorators',
  options: {
    app: option(
      '--app <file>',
      "the application's built module, such as dist/app.module.js; imported, not started",
    ),
    file: option('--plan <file>', 'the built file that defines the plan, such as dist/tracking-plan.js'),
    jsonSchema: JSON_SCHEMA,
    markdown: option('--markdown', 'print the plan as a Markdown table (default)'),
    check: option(
      '--check',
      'list every @Track() whose event is not in the plan (exits with 1 if there are any)',
    ),
  },
  async run(scene, { app, file, jsonSchema, markdown, check }) {
    const named = file ?? app;
    if (named === undefined) throw new Error(cliMessages.namesNoModule());
    if (check === true && app === undefined) throw new Error(cliMessages.checkNeedsApp());
    const plan = await loadPlan(scene.services.load, app, file);
    // With --check, --json prints the findings instead of the plan.
    if (jsonSchema === true || (scene.json && check !== true && markdown !== true)) {
      await print(scene, plan, (schemas) => `${safeJson(documentOf(schemas), 2)}\n`);
    } else if (markdown === true || check !== true) await print(scene, plan, markdownOf);
    if (check === true) await compare(scene, plan, app!);
  },
});

async function print(
  { terminal }: Scene,
  plan: TrackingPlan,
  text: (schemas: readonly PlanSchema[]) => string,
): Promise<void> {
  const schemas = schemasOf(plan);
  await terminal.write(text(schemas));
  const unconverted = schemas
    .filter(({ schema, isType }) => schema === undefined && !isType)
    .map(({ name }) => name);
  if (unconverted.length > 0) terminal.tell(cliMessages.unconvertedSchemas(unconverted));
}

async function compare({ terminal, exit, json }: Scene, plan: TrackingPlan, app: string): Promise<void> {
  const places = trackedPlaces();
  const events = Object.keys(plan.events).length;
  const unlisted = places.filter(({ event }) => !Object.hasOwn(plan.events, event));
  if (unlisted.length > 0) exit(EXIT.found);
  if (json) await terminal.writeJson({ events, places: places.length, unlisted });
  else if (unlisted.length > 0) {
    const rows = unlisted.map(({ place, event }) => [event, place]);
    await terminal.write(table([{ title: 'NOT IN THE PLAN' }, { title: 'WHERE' }], rows));
    terminal.tell(cliMessages.notInPlan(unlisted.length));
  } else
    terminal.tell(
      places.length === 0 ? cliMessages.nothingTracked(app) : cliMessages.allInPlan(places.length, events),
    );
}

/**
 * Imports the named modules and finds the plan: an export of `file`, or else the plan that was defined during the import.
 *
 * @throws Error unless there is one plan
 */
async function loadPlan(
  load: Services['load'],
  app: string | undefined,
  file: string | undefined,
): Promise<TrackingPlan> {
  if (app !== undefined) await imported(load, app);
  let plans: readonly TrackingPlan[] = [];
  if (file !== undefined) plans = exportedPlans(await imported(load, file));
  if (plans.length === 0) plans = definedPlans();
  const named = file ?? app ?? '';
  const [plan] = plans;
  if (plan === undefined) throw new Error(cliMessages.noPlan(named));
  if (plans.length > 1) throw new Error(cliMessages.severalPlans(named, plans.length));
  return plan;
}

async function imported(load: Services['load'], path: string): Promise<object> {
  try {
    return await load(path);
  } catch (error) {
    throw new Error(cliMessages.cannotImport(path, error instanceof Error ? firstLine(error) : 'it threw'));
  }
}

/** A CommonJS module exports each value by name, and in `default`. */
function exportedPlans(module: object): readonly TrackingPlan[] {
  const { default: whole } = module as { default?: unknown };
  const values = [
    ...(Object.values(module) as unknown[]),
    ...(typeof whole === 'object' && whole !== null ? (Object.values(whole) as unknown[]) : []),
  ];
  return [...new Set(values.filter(isTrackingPlan))];
}

function firstLine({ name, message }: Error): string {
  return `${name}: ${message.split('\n', 1)[0] ?? ''}`.replace(/\.$/, '');
}
