type OnInvalid = 'warn' | 'reject' | 'strip';

/** Every sentence of this room that a user may read. Where something is wrong, and what kind of thing is there; never a value. */
export const planMessages = {
  notASchema: (name: string): string =>
    `defineTrackingPlan(): '${name.slice(0, 100)}' is no schema; expected one of a validator that implements Standard Schema, ` +
    'such as zod, valibot or arktype, or typed<{ … }>().',

  violated: (what: string, path: string, got: string, onInvalid: OnInvalid): string =>
    `${what} does not fit the tracking plan: ${path === '' ? 'its properties as a whole do not' : `\`${path}\` does not, got ${got}`}. ` +
    `${FATES[onInvalid]} Correct the call or the plan. Said once; stats().plan counts the others.`,

  unlisted: (what: string, onInvalid: OnInvalid): string =>
    `${what} is not in the tracking plan. ${onInvalid === 'reject' ? 'It was refused.' : 'It was recorded as it is.'} ` +
    'Add it to defineTrackingPlan(), or correct the name. Said once; stats().plan counts the others.',

  asynchronous: (what: string, onInvalid: OnInvalid): string =>
    `${what} cannot be checked, because its schema is asynchronous and no event waits. ${UNCHECKED[onInvalid]} ` +
    'Leave asynchronous checks out of the schema, and what throws: zod takes one for the other. Said once; stats().plan counts the others.',

  threw: (what: string, onInvalid: OnInvalid): string =>
    `${what} cannot be checked, because its schema threw. ${UNCHECKED[onInvalid]} ` +
    'Correct the schema, or what it is asked about. Said once; stats().plan counts the others.',
};

const FATES: Record<OnInvalid, string> = {
  warn: 'It was recorded as it is.',
  reject: 'It was refused.',
  strip: 'What does not fit was left out; where that is not enough, the event is refused.',
};

const UNCHECKED: Record<OnInvalid, string> = {
  warn: 'It was recorded as it is.',
  reject: 'It was refused.',
  strip: 'It was refused.',
};
