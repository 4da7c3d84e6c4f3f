import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { REASONS } from '../lib/event/reasons.js';
import type { StrandedReason } from '../lib/event/stranded.js';

const LIB = new URL('../lib/', import.meta.url);

/** Sentences that no log says: the command line talks to a person at a terminal, the test kit to whoever wrote the test. */
const NOT_LOGGED = /^(cli|collector|testing)\//;

/** All of them, or the compiler says which is missing. */
const STRANDED_REASONS = Object.keys({
  account_changed: true,
  not_configured: true,
  other_service: true,
  other_version: true,
  unreadable: true,
} satisfies Record<StrandedReason, true>);

/** What a parameter of a message may be, by its type; the longest and the worst of each. */
const SAMPLES: Record<string, readonly unknown[]> = {
  string: ['shop'],
  number: [1, 123_456],
  'number | undefined': [1000, undefined],
  "'credentials' | 'name'": ['credentials', 'name'],
  CredentialsFailure: [
    { kind: 'failed', code: 'ECONNREFUSED' },
    { kind: 'failed' },
    { kind: 'timeout' },
    { kind: 'no_values' },
    { kind: 'missing_value' },
    { kind: 'expired' },
  ],
  StrandedEvents: STRANDED_REASONS.map((reason) => ({
    folder: 'api-1-ab12',
    destination: 'shop',
    account: 'webhook/hooks.example.com/3f9a2c1b45d6',
    reason,
    events: 1,
  })),
  Denied: [
    { path: '/var/tracking', code: 'EACCES', why: 'writable for everybody' },
    { path: '/var/tracking', code: 'ENOTDIR', why: 'no folder' },
    { path: '/var/tracking', code: 'EACCES', why: 'another owner', uid: 0 },
    { path: '/var/tracking', code: 'EACCES', uid: 1000 },
    { path: '/var/tracking', code: 'EIO' },
  ],
  Reason: REASONS,
  'string | undefined': ['ENOSPC', 'EACCES', undefined],
  'Place | undefined': [
    { directory: '/var/tracking', user: 1000 },
    { directory: '/var/tracking' },
    undefined,
  ],
  boolean: [true, false],
  Known: [{}, { error: 'TypeError', members: ['id', 'sub'] }],
  'string | null': ['ENOSPC', null],
  unknown: [undefined, new TypeError('secret')],
  'readonly string[]': [['one', 'two']],
  OnInvalid: ['warn', 'reject', 'strip'],
  Change: [
    'characters',
    'reserved',
    'long_name',
    'nameless',
    'same_name',
    'nested',
    'list',
    'json',
    'long_value',
    'no_value',
    'boolean',
    'half_character',
  ],
  ParamChange: [
    'characters',
    'long_name',
    'unusable_name',
    'same_name',
    'nested',
    'list',
    'too_deep',
    'no_value',
    'boolean',
    'long_value',
    'long_group',
    'half_character',
    'too_many',
    'items',
    'many_items',
  ],
};

/** One line: begins with a capital, a number, a name in quotes or a place in the code; ends with a full stop. */
const BEGINS_AND_ENDS = /^(?:[A-Z\d'`@]|shop\b|\w+\()[^\n\r]*\.$/;
/** What was not there and shows, what belongs to the application, and what a missing part leaves behind. */
const NEVER = /\(undefined|\(null|\[object|NaN| {2}|\.\.|secret/;

/** Places that speak once in the life of an application, so that nothing has to hold them back. */
const ONCE_IN_A_LIFE = new Set([
  'runtime/tracking.lifecycle.ts: this.log.warn(runtimeMessages.nobodyListens())',
  'runtime/tracking.lifecycle.ts: this.log.info(this.runtime.startLine)',
  'runtime/tracking.lifecycle.ts: this.log.warn(runtimeMessages.untestedRuntime(other))',
  'runtime/tracking.runtime.ts: this.log.warn(runtimeMessages.sharedFallback())',
  'runtime/tracking.runtime.ts: this.log.warn(runtimeMessages.proxyNotUsed(unused.variable, unused.names))',
  'runtime/tracking.runtime.ts: this.log.warn(runtimeMessages.namespaceLate(OPEN_MS))',
  'buffer/journal/journal-buffer.ts: this.setup.log.error(journalMessages.noNamespaces(denied, files.user()))',
  'runtime/tracking.runtime.ts: this.log.warn(runtimeMessages.openedLate(OPEN_MS))',
  'runtime/shutdown.ts: this.log.error(runtimeMessages.heldOnExit(held))',
  'runtime/shutdown.ts: this.log.error(runtimeMessages.lostOnExit(lane.name, pending, begun))',
  'runtime/shutdown.ts: this.log.error(runtimeMessages.closedLate(LAST_WRITE_MS))',
  'runtime/shutdown.ts: this.log.info(runtimeMessages.staysInJournal(name, stays, standstill))',
  'delivery/delivery.ts: this.setup.log.error(deliveryMessages.undrained(name, pending, cause))',
  // Holds itself back, so that the last word is the true one.
  'observe/journal-watch.ts: this.log.info(observeMessages.journalOpen())',
  'observe/journal-watch.ts: this.log.error(observeMessages.journalFailing(this.#cause, this.#where))',
]);

const sources = readdirSync(fileURLToPath(LIB), { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
  .toSorted();

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(new URL(file, LIB), 'utf8'), ts.ScriptTarget.Latest, true);

interface Message {
  readonly name: string;
  /** The types of its parameters, as they are written. */
  readonly parameters: readonly string[];
}

/** The arrow functions of a messages file that are exported, alone or as members of an object. */
function messagesOf(source: ts.SourceFile): Message[] {
  const found: Message[] = [];
  const add = (name: string, initializer: ts.Expression | undefined): void => {
    if (initializer === undefined || !ts.isArrowFunction(initializer)) return;
    found.push({ name, parameters: initializer.parameters.map(({ type }) => type?.getText(source) ?? '') });
  };
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue;
    if (!statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) continue;
    for (const { name, initializer } of statement.declarationList.declarations) {
      add(name.getText(source), initializer);
      if (initializer === undefined || !ts.isObjectLiteralExpression(initializer)) continue;
      for (const member of initializer.properties) {
        if (ts.isPropertyAssignment(member)) {
          add(`${name.getText(source)}.${member.name.getText(source)}`, member.initializer);
        }
      }
    }
  }
  return found;
}

/** Every choice of one sample for each parameter. */
function choices(parameters: readonly string[]): unknown[][] {
  return parameters.reduce<unknown[][]>(
    (before, type) => {
      const samples = SAMPLES[type];
      if (samples === undefined) throw new Error(`no sample of the type ${type}: add one to SAMPLES`);
      return before.flatMap((chosen) => samples.map((sample) => [...chosen, sample]));
    },
    [[]],
  );
}

describe('every sentence that a log may say', () => {
  const files = sources.filter((file) => file.endsWith('.messages.ts') && !NOT_LOGGED.test(file));

  test.each(files)('in %s is one line of whole sentences', async (file) => {
    const module = (await import(new URL(file, LIB).href)) as Record<string, unknown>;
    const messages = messagesOf(parse(file));
    expect(messages.length).toBeGreaterThan(0);
    for (const { name, parameters } of messages) {
      const message = name
        .split('.')
        .reduce<unknown>((owner, member) => (owner as Record<string, unknown>)[member], module);
      for (const given of choices(parameters)) {
        const text = (message as (...args: unknown[]) => string)(...given);
        expect(text).toMatch(BEGINS_AND_ENDS);
        expect(text).not.toMatch(NEVER);
        expect(text.length).toBeLessThan(600);
      }
    }
  });
});

describe('what is said again and again', () => {
  const CALLS = new Set(['info', 'warn', 'error']);

  function unlimited(file: string, source: ts.SourceFile): string[] {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (
        ts.isCallExpression(node) &&
        ts.isPropertyAccessExpression(node.expression) &&
        CALLS.has(node.expression.name.text) &&
        /\blog$/i.test(node.expression.expression.getText(source))
      ) {
        found.push(`${file}: ${node.getText(source).replaceAll(/\s+/g, ' ')}`);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
    return found;
  }

  const found = sources
    .filter((file) => file !== 'host/log.ts')
    .flatMap((file) => unlimited(file, parse(file)));

  test('is logged once, or at most once a minute', () => {
    expect(found.filter((call) => !ONCE_IN_A_LIFE.has(call))).toEqual([]);
  });

  test('and the list of lines that are logged once per process names only existing messages', () => {
    expect([...ONCE_IN_A_LIFE].filter((call) => !found.includes(call))).toEqual([]);
  });

  test('would be seen', () => {
    const source = ts.createSourceFile(
      'a.ts',
      'log.error(x()); this.setup.log.warn(y()); log.limited("error", "a", x); catalog.info();',
      ts.ScriptTarget.Latest,
      true,
    );
    expect(unlimited('a.ts', source)).toEqual(['a.ts: log.error(x())', 'a.ts: this.setup.log.warn(y())']);
  });
});
