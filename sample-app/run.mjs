/**
 * `npm run sample` and `npm run demo`: reads the arguments, builds, and starts. Arguments are read before the build, so that
 * a mistake is answered at once.
 */
import { parseArgs } from 'node:util';
import { build } from './build.mjs';

/** As in src/tracking/destinations.ts, which is not built yet. */
export const DESTINATION_NAMES = [
  'kissmetrics',
  'segment',
  'rudderstack',
  'jitsu',
  'customerio',
  'posthog',
  'mixpanel',
  'amplitude',
  'googleAnalytics',
  'snowplow',
  'meta',
  'webhook',
];

const COMMANDS = {
  sample: {
    options: { destination: { type: 'string', short: 'd', default: 'kissmetrics' } },
    usage: `Usage: npm run sample -- [--destination <names>]

Runs the shop. Its events go to a local collector, or to the real host of a
destination whose credentials are set (docs/sample-app.md lists the variables).

  -d, --destination <names>  one or more, separated by commas
                             (default: kissmetrics)
  -h, --help                 print this help

Destinations: ${DESTINATION_NAMES.slice(0, 6).join(', ')},
${DESTINATION_NAMES.slice(6).join(', ')}

Example: npm run sample -- --destination posthog,segment`,
    start: async ({ destination }) => {
      process.env.SHOP_DESTINATIONS = destination;
      await import('./dist/demo/sample.js');
    },
  },
  demo: {
    options: { details: { type: 'boolean', default: false } },
    usage: `Usage: npm run demo -- [--details]

Sends 20 seconds of traffic through two processes of the shop to two platforms,
with an outage and a SIGKILL, and shows what arrived. No event leaves this machine.

      --details  print the accounts in detail, also where they agree
  -h, --help     print this help`,
    start: async ({ details }) => {
      process.env.DEMO_DETAILS = String(details);
      await import('./dist/demo/main.js');
    },
  },
};

const [name, ...rest] = process.argv.slice(2);
const { options, usage, start } = COMMANDS[name];
const given = read();

if (given.help) console.log(usage);
else {
  await build();
  await start(given);
}

function read() {
  try {
    const { values } = parseArgs({
      args: rest,
      options: { ...options, help: { type: 'boolean', short: 'h' } },
    });
    const names = values.destination?.split(',').map((each) => each.trim()) ?? [];
    const unknown = names.find((each) => !DESTINATION_NAMES.includes(each));
    if (unknown !== undefined) throw new Error(`There is no destination '${unknown}'.`);
    return values;
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exit(2);
  }
}
