export const unknownPlatforms = (unknown: readonly string[], known: readonly string[]): string =>
  `--only: ${unknown.map((name) => `'${name}'`).join(', ')} is not the name of a platform. Nothing was started. Choose from ${known.join(', ')}; separate several with commas.`;

export const emptyHost = (): string =>
  '--host: the address is empty. Nothing was started. Give an address of this machine, or omit the option.';

export const badPreset = (preset: string, kinds: readonly string[], platforms: readonly string[]): string =>
  `--fail: '${preset}' is not a preset. Nothing was started. Give a kind of answer or a status from 400 to 599, such as error or 503. A platform before it, and a share (at most 100%) or a duration above 0 after it, limit it: segment:error, cut:10%, posthog:down:30s. ` +
  `Kinds: ${kinds.join(', ')}. Platforms: ${platforms.join(', ')}.`;

export const notAnAnswer = (): string =>
  'A scripted answer is an object, such as { "answer": "error", "platform": "segment", "requests": 3 }. Nothing was changed.';

export const unknownMember = (known: readonly string[]): string =>
  `A scripted answer has no such member. Nothing was changed. Members: ${known.join(', ')}.`;

export const wrongMember = (path: string, expected: string): string =>
  `${path} must be ${expected}. Nothing was changed.`;

export const delayWithoutSlow = (): string =>
  'delayMs applies to the answer slow only. Nothing was changed. Remove it, or use slow.';

export const cannotRejectEvents = (able: readonly string[]): string =>
  'The platform cannot reject single events: its answers are for a whole request. Nothing was changed. ' +
  (able.length > 0 ? `Use rejected, or a platform that can: ${able.join(', ')}.` : 'Use rejected.');

export const tooManyAnswers = (max: number): string =>
  `At most ${max} scripted answers can be in force. Nothing was changed. Remove them first with DELETE /_collector/answers.`;

export const foreignHost = (): string =>
  'The API answers only to names of this machine, such as localhost. Nothing was read or changed. Use the address that the collector printed, or start it with --host.';

export const foreignPage = (): string =>
  "The API answers to the collector's own page and to programs, not to pages of other origins. Nothing was read or changed. Call it from a test or a script.";

interface Endpoint {
  readonly name: string;
  readonly option: string;
  readonly url: string;
}

const endpointsOf = (endpoints: readonly Endpoint[]): string =>
  endpoints.map(({ name, option, url }) => `${name}({ ${option}: '${url}' })`).join(' or ');

/** @param fitting the endpoints whose platforms have the path */
export const noPlatform = (fitting: readonly Endpoint[], all: readonly Endpoint[]): string =>
  "A request has no platform in its path. It was answered 404, and its events were not read. Give the destination the URL with the platform's name: " +
  (fitting.length > 0
    ? `${endpointsOf(fitting)}.`
    : `such as ${endpointsOf(all.slice(0, 1))}. Platforms: ${all.map(({ name }) => name).join(', ')}.`);

export const noSuchPath = (): string => 'The platform has no such path.';

export const hasNoSuchPath = (platform: string): string =>
  `${platform}: a request has a path that the platform does not have. It was answered 404, and its events were not read. Check the URL: the destination adds the path itself.`;

export const unreadableBody = (
  fault: 'too-large' | 'too-many-values' | 'broken' | 'unknown-encoding',
  maxBytes: number,
  maxValues: number,
): string =>
  ({
    'too-large': `Its body has more than ${maxBytes / 1_000_000} MB, before or after decompression.`,
    'too-many-values': `It has more than ${maxValues.toLocaleString('en')} values, the limit of the collector for one request.`,
    broken: 'Its body cannot be decompressed as its Content-Encoding says.',
    'unknown-encoding': 'Its Content-Encoding is unknown.',
  })[fault];

export const unreadableRequest = (): string =>
  'The collector could not read it. This is a fault of the collector.';

export const failedToRead = (platform: string, error: string): string =>
  `${platform}: the collector could not read a request (${error}). It was answered 400, and its events were not read. This is a fault of the collector: please report it with the request, which the page shows. Logged once.`;

export const failedInside = (error: string): string =>
  `The collector failed while it handled a request (${error}). It was answered 500. This is a fault of the collector: please report it. Logged once.`;

export const requestRejected = (platform: string, status: number, problem: string): string =>
  `${platform}: a request was answered ${status}, as the platform would answer it: ${problem} The page shows the request. Logged once for each problem.`;

const NOT_STORED = {
  rejected: 'the platform would not store it',
  dropped: 'the platform would answer with success, and drop it silently',
} as const;

export const eventNotStored = (
  platform: string,
  outcome: keyof typeof NOT_STORED,
  problems: string,
): string =>
  `${platform}: an event was ${outcome}: ${NOT_STORED[outcome]}. Its problems: ${problems} The page shows the event. Logged once for the same problems.`;

// The JSON API: no sentence repeats a value that it got.

export const unknownParameter = (known: readonly string[]): string => {
  const remedy = known.length === 0 ? 'Remove it.' : `Use only ${known.join(', ')}.`;
  return `The request has a query parameter that this path does not have. Nothing was read or changed. ${remedy}`;
};

export const repeatedParameter = (name: string): string =>
  `The query parameter ${name} is given twice. Nothing was read or changed. Give it once.`;

export const badParameter = (name: string, expected: string): string =>
  `The query parameter ${name} has an invalid value. Nothing was read or changed. Give ${expected}.`;

export const noSuchApiPath = (paths: readonly string[]): string =>
  `The API has no such path. Nothing was read or changed. Use one of ${paths.join(', ')}.`;

export const wrongMethod = (methods: readonly string[]): string =>
  `This path does not support the method. Nothing was read or changed. Use ${methods.join(' or ')}.`;

export const notKept = (): string =>
  'Nothing with this number is kept: it did not arrive, or newer arrivals displaced it. The counts still include all that arrived. Look in the list for the numbers that are kept.';

export const notJson = (): string =>
  'The body is not JSON. The scripted answers are unchanged. Send one scripted answer, or a list.';

export const bodyNotRead = (): string =>
  'The body is too large, or it cannot be decompressed. The scripted answers are unchanged. Send a smaller body.';
