import { link } from './link.js';
import { startProfile } from './profiler.js';
import { subject } from './subjects.js';

/** One measurement of one subject, in a process that has done nothing else. */
const answers = {
  async measure(spec) {
    return (await prepared(spec))();
  },

  /** The same under the sampling profiler, which slows it down: its figures are no figures. */
  async profile(spec) {
    const run = await prepared(spec);
    const profile = await startProfile();
    await run();
    return profile.stop();
  },
};

async function prepared({ measurement, subject: name, setting, url, scratch, ...how }) {
  const { measure } = await import(`./measurements/${measurement}.js`);
  const { create } = await subject(name);
  const made = await create({ url, setting, scratch });
  return () => measure(made, how, () => ask('count'));
}

const ask = link(process, answers);
