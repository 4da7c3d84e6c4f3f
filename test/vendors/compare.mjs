import { CALLS } from './calls.mjs';
import { differencesBetween } from './differences.mjs';
import { withoutMoments } from './moments.mjs';
import { startOurs } from './ours.mjs';
import { startRecorder } from './recorder.mjs';

/**
 * Sends every call through our destination and through the vendor's SDK, to one server. The SDK gets our event's id, so that
 * the field that a platform recognises repeats by is compared, too.
 *
 * @returns the differences of each call, by its title
 */
export async function compare(platform, calls = CALLS) {
  const found = new Map();
  for (const { call, theirs, ours } of await sendAll(platform, calls)) {
    found.set(call.title, differencesBetween(theirs, ours));
  }
  return found;
}

export async function sendAll(platform, calls = CALLS) {
  const recorder = await startRecorder(platform.answer);
  const ours = await startOurs(platform.ours(recorder.url));
  const theirs = await platform.startTheirs(recorder.url);
  try {
    const results = [];
    for (const call of calls)
      results.push({ call, ...(await sendBoth(platform, recorder, ours, theirs, call)) });
    return results;
  } finally {
    await theirs.close();
    await ours.close();
    await recorder.close();
  }
}

async function sendBoth(platform, recorder, ours, theirs, call) {
  const from = Date.now();
  const { id, declined } = await ours.send(call);
  const sentByUs = describe(platform, recorder.take(), declined);
  const supported = await theirs.send(call, id);
  const sentByThem = describe(platform, recorder.take(), supported === false ? 'unsupported' : undefined);
  const to = Date.now();
  return { theirs: withoutMoments(sentByThem, from, to), ours: withoutMoments(sentByUs, from, to) };
}

/** A single record itself, several as a list; without a record, the reason. */
function describe(platform, requests, declined) {
  const records = requests.flatMap((request) => platform.records(request));
  if (records.length === 0) return { declined: declined ?? 'nothing was sent' };
  return records.length === 1 ? records[0] : records;
}
