type OnInvalid = 'warn' | 'reject' | 'strip';

/** Messages about the tracking plan. They name the place and the kind of a value, never the value. */
export const planMessages = {
  notASchema: (name: string): string =>
    `defineTrackingPlan(): '${name.slice(0, 100)}' is not a schema; expected one of a validator that implements Standard Schema, ` +
    'such as zod, valibot or arktype, or typed<{ … }>().',

  violated: (what: string, path: string, got: string, onInvalid: OnInvalid): string => {
    const fault = path === '' ? 'its properties as a whole do not' : `\`${path}\` does not, got ${got}`;
    return (
      `${what} does not fit the tracking plan: ${fault}. ` +
      `${FATES[onInvalid]} Fix the call or the plan. Logged once; \`stats().plan\` has the total.`
    );
  },

  unlisted: (what: string, onInvalid: OnInvalid): string =>
    `${what} is not in the tracking plan. ${UNLISTED[onInvalid]} ` +
    'Add it to defineTrackingPlan(), or fix the name. Logged once; `stats().plan` has the total.',

  asynchronous: (what: string, onInvalid: OnInvalid): string =>
    `${what} cannot be checked, because its schema is asynchronous, and events are checked synchronously. ${UNCHECKED[onInvalid]} ` +
    'Remove asynchronous checks from the schema, and checks that throw: zod reports both the same way. Logged once; `stats().plan` has the total.',

  threw: (what: string, onInvalid: OnInvalid): string =>
    `${what} cannot be checked, because its schema threw. ${UNCHECKED[onInvalid]} ` +
    'Fix the schema or the event. Logged once; `stats().plan` has the total.',
};

const FATES: Record<OnInvalid, string> = {
  warn: 'It was recorded unchanged.',
  reject: 'It was rejected.',
  strip: 'Invalid properties were removed; if the event is still invalid, it is rejected.',
};

const UNLISTED: Record<OnInvalid, string> = {
  warn: 'It was recorded unchanged.',
  reject: 'It was rejected.',
  strip: 'It was recorded unchanged.',
};

const UNCHECKED: Record<OnInvalid, string> = {
  warn: 'It was recorded unchanged.',
  reject: 'It was rejected.',
  strip: 'It was rejected.',
};
