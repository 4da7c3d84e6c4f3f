import { laneAccount } from '../../../capture/routing/lane-account.js';
import { resolveOptions } from '../../../options/resolve-options.js';
import { conformanceMessages } from '../conformance.messages.js';
import { Encoder } from '../encoder.js';
import { PlayedLane, type LaneRequest } from '../played-lane.js';
import { allTypes, giveSome } from '../sample-events.js';
import { secretForms, secretIn, secretsOf, type Subject } from '../subject.js';
import { broken } from '../untrusted-code.js';

const HOUR_MS = 3_600_000;

/** Credentials from a function are those of the attempt, never earlier ones. */
async function credentials(setup: Subject): Promise<void> {
  const { credentials: source } = new Encoder(setup).destination;
  if (typeof source !== 'function') return;
  const values: Readonly<Record<string, unknown>> = await Promise.resolve()
    .then(source)
    .then((fresh) => ({ ...fresh.values }))
    .catch((error: unknown) => {
      throw broken(conformanceMessages.credentialsFail, error);
    });
  const isValid = Object.values(values).every((value) => typeof value === 'string' && value.trim() !== '');
  if (!isValid || Object.keys(values).length === 0) throw new Error(conformanceMessages.noCredentials());
  const old = values as Readonly<Record<string, string>>;
  const next = Object.fromEntries(Object.keys(old).map((name) => [name, `next-${name}-0123456789`]));
  const encoder = new Encoder(setup);
  const [held] = encoder.allAdmitted(allTypes());
  if (held === undefined) return;
  const [first, second] = [old, next].map((given) => encoder.text([held], { credentials: given }));
  if (first === undefined || second === undefined) return;
  if (first === second) throw new Error(conformanceMessages.credentialsNotUsed());
  if (secretIn(second, Object.values(old)) !== undefined) {
    throw new Error(conformanceMessages.oldCredentials());
  }
}

/** URLs are in the log of every proxy. */
function secretInUrl(setup: Subject): void {
  const encoder = new Encoder(setup);
  for (const held of encoder.allAdmitted()) {
    const url = encoder.request([held])?.url;
    const form = url === undefined ? undefined : secretIn(url, secretsOf(setup));
    if (form !== undefined) throw new Error(conformanceMessages.secretInUrl(form));
  }
}

/** No secret is in errors, the log, notices, stored answers, or the name of the account. */
async function secrets(setup: Subject): Promise<void> {
  const hidden = secretsOf(setup);
  const check = (place: string, text: string): void => {
    const form = secretIn(text, hidden);
    if (form !== undefined) throw new Error(conformanceMessages.secretShown(place, form));
  };
  const encoder = new Encoder(setup);
  const { kind, host } = laneAccount(encoder.destination);
  check('the account, which the journal and the log name', `${kind} ${host} ${encoder.destination.name}`);
  check('an error at start', errorAtStart(setup));
  const lane = new PlayedLane(
    setup.create({}, true),
    (request) => ({ status: 400, body: echo(request, hidden) }),
    { keepAnswers: 'text' },
  );
  giveSome(lane.service);
  await lane.until(() => lane.stats.dead > 0 || lane.stats.parked !== null, HOUR_MS);
  await lane.close();
  check('a message to `setup.notice()`', encoder.notices.join('\n'));
  check('the log', lane.lines.join('\n'));
  check('`stats()`', JSON.stringify(lane.service.stats()));
  check('the stored part of an answer', JSON.stringify(lane.signals.map(({ answer }) => answer ?? '')));
}

export const SECRET_RULES = { credentials, 'secret-in-url': secretInUrl, secrets };

/** The errors of the destination if its credentials are missing, or an option is wrong. */
function errorAtStart(setup: Subject): string {
  const said: string[] = [];
  for (const credentials of [true, false]) {
    for (const options of [{}, { concurrency: -1 }, { name: '' }]) {
      try {
        resolveOptions({ destinations: [setup.create(options, credentials)] });
      } catch (error) {
        said.push(String(error), JSON.stringify(error));
      }
    }
  }
  return said.join('\n');
}

/** An answer that repeats the request, as debugging endpoints and proxies do. */
function echo({ method, url, headers, body }: LaneRequest, hidden: readonly string[]): string {
  const forms = hidden.flatMap(secretForms).map(([, text]) => text);
  return JSON.stringify({ message: `bad request with ${forms.join(' ')}`, method, url, headers, body });
}
