import { conformanceMessages, RULE_TITLES } from './conformance.messages.js';
import type { ConformanceRule, ConformanceSetup, ConformanceTest } from './conformance-setup.js';
import { ADMISSION_RULES } from './rules/admission.js';
import { ANSWER_RULES } from './rules/answers.js';
import { ATTEMPT_RULES } from './rules/attempts.js';
import { HOSTILE_RULES } from './rules/hostile.js';
import { IDENTITY_RULES } from './rules/identity.js';
import { REQUEST_RULES } from './rules/requests.js';
import { SECRET_RULES } from './rules/secrets.js';
import { START_RULES } from './rules/start.js';
import { subjectOf, type Subject } from './subject.js';
import { broken } from './untrusted-code.js';

const RULES = {
  ...START_RULES,
  ...ADMISSION_RULES,
  ...REQUEST_RULES,
  ...ATTEMPT_RULES,
  ...SECRET_RULES,
  ...IDENTITY_RULES,
  ...ANSWER_RULES,
  ...HOSTILE_RULES,
} satisfies Record<ConformanceRule, (subject: Subject) => void | Promise<void>>;

/**
 * The rules that every destination has to keep, one test each, for any test runner. They need no network and no time: the
 * platform is simulated, and the clock is virtual.
 *
 * @example
 * ```ts
 * for (const { name, run } of destinationConformance({ create: (options) => acme({ token: TOKEN, ...options }), secrets:
 * [TOKEN] })) {
 *   test(name, run);
 * }
 * ```
 *
 * @throws Error if `skip` names a rule that does not exist, or gives no reason
 */
export function destinationConformance(setup: ConformanceSetup): readonly ConformanceTest[] {
  const rules = Object.keys(RULE_TITLES) as ConformanceRule[];
  for (const [rule, reason] of Object.entries(setup.skip ?? {})) {
    if (!Object.hasOwn(RULE_TITLES, rule)) throw new Error(conformanceMessages.unknownRule(rule, rules));
    if (reason !== undefined && reason.trim() === '') throw new Error(conformanceMessages.noReason(rule));
  }
  return rules.map((rule) => {
    const reason = setup.skip?.[rule];
    if (reason !== undefined) {
      return { rule, name: conformanceMessages.skipped(rule, reason), run: () => Promise.resolve() };
    }
    return { rule, name: conformanceMessages.name(rule), run: () => checked(rule, setup) };
  });
}

async function checked(rule: ConformanceRule, setup: ConformanceSetup): Promise<void> {
  try {
    await RULES[rule](await subjectOf(setup));
  } catch (error) {
    throw broken((found) => conformanceMessages.broken(rule, found), error);
  }
}
