import { link } from './link.js';
import { startProfile } from './profiler.js';
import { subject } from './subjects.js';

/** One measurement of one subject, in a process that has done nothing else. */
const answers = {
  async measure({ measurement, subject: name, setting, url, ...how }) {
    const { measure } = await import(`./measurements/${measurement}.js`);
    const { create } = await subject(name);
    return measure(await create({ url, setting }), how, () => ask('count'));
  },

  /** The same under the sampling profiler, warm-up and all; its figures are no figures. */
  async profile(spec) {
    const profile = await startProfile();
    await answers.measure(spec);
    return profile.stop();
  },
};

const ask = link(process, answers);
