import { guarded } from '../../../host/guarded.js';
import { conformanceMessages } from '../conformance.messages.js';
import { Encoder } from '../encoder.js';
import { requestText } from '../request-values.js';
import { allTypes } from '../sample-events.js';
import { secretIn } from '../secret-forms.js';
import type { Subject } from '../subject.js';
import { broken } from '../untrusted-code.js';

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
  const [first, second] = [old, next].map((given) =>
    guarded(() => requestText(encoder.request([held], { credentials: given }))),
  );
  if (first === undefined || second === undefined) return;
  if (first === second) throw new Error(conformanceMessages.credentialsNotUsed());
  if (secretIn(second, Object.values(old)) !== undefined) {
    throw new Error(conformanceMessages.oldCredentials());
  }
}

export const CREDENTIALS_RULES = { credentials };
