import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { commentsOf } from './support/comments-of.js';
import { replacedIn } from './support/replaced-phrases.js';

const ROOT = new URL('../', import.meta.url);

function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}${file.replaceAll('\\', '/')}`)
    .filter((file) => ending.test(file) && !file.includes('node_modules/') && !file.includes('/dist/'))
    .toSorted();
}

const read = (file: string): string => readFileSync(fileURLToPath(new URL(file, ROOT)), 'utf8');

const LIB = filesBelow('lib/', /\.ts$/);
const MESSAGES = LIB.filter((file) => file.endsWith('.messages.ts'));
const SAMPLE = filesBelow('sample-app/', /\.(?:ts|js|html|md)$/);
/** Without this file: its examples break the rules. */
const TESTS = filesBelow('test/', /(?<!text-rules)\.test\.ts$/);
const COMMENTED = ['lib/', 'test/', 'sample-app/'].flatMap((folder) => filesBelow(folder, /\.tsx?$/));

const parsed = new Map<string, ts.SourceFile>();

function sourceOf(file: string, text: string): ts.SourceFile {
  const source = parsed.get(file) ?? ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  parsed.set(file, source);
  return source;
}

/** So many words make a sentence. */
const MIN_WORDS = 4;

describe('texts use plain words', () => {
  test('in messages', () => {
    expect(MESSAGES.flatMap((file) => replacedIn(file, read(file)))).toEqual([]);
  });

  test('in comments', () => {
    const comments = COMMENTED.flatMap((file) =>
      commentsOf(sourceOf(file, read(file))).map((text) => ({ file, text })),
    );
    expect(comments.length).toBeGreaterThan(3_000);
    expect(comments.flatMap(({ file, text }) => replacedIn(file, text))).toEqual([]);
  });

  test('in titles and texts of tests', () => {
    const texts = TESTS.flatMap((file) => longStrings(file, read(file)));
    expect(texts.length).toBeGreaterThan(3_000);
    expect(texts.flatMap(({ file, text }) => replacedIn(file, text))).toEqual([]);
  });

  test('in descriptions, of metrics and of the command line', () => {
    const texts = LIB.flatMap((file) => longStrings(file, read(file)));
    expect(texts.length).toBeGreaterThan(100);
    expect(texts.flatMap(({ file, text }) => replacedIn(file, text))).toEqual([]);
  });

  test('in the sample application', () => {
    expect(SAMPLE.length).toBeGreaterThan(10);
    expect(SAMPLE.flatMap((file) => replacedIn(file, read(file)))).toEqual([]);
  });

  test('the rules see a phrase across lines, of a comment and of a page', () => {
    expect(replacedIn('a', ' * There is nothing\n * to do.')).toEqual([
      "a: 'nothing to do': No action needed.",
    ]);
    expect(replacedIn('b', 'It is said\nonce.')).toHaveLength(1);
    expect(replacedIn('c', 'No action needed. Check the disk.')).toEqual([]);
  });
});

/** The strings of a file that are sentences or parts of them. */
function longStrings(file: string, text: string): { readonly file: string; readonly text: string }[] {
  const found: { readonly file: string; readonly text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) && (node.text.match(/[A-Za-z]{2,}/g) ?? []).length >= MIN_WORDS) {
      found.push({ file, text: node.text });
    }
    ts.forEachChild(node, visit);
  };
  visit(sourceOf(file, text));
  return found;
}

/** Calls whose texts a user reads, by the last part of their name. */
const SPEAKING_CALLS = new Set([
  'log',
  'info',
  'warn',
  'error',
  'fatal',
  'debug',
  'verbose',
  'tell',
  'emitWarning',
]);
/** Errors that a user reads. */
const SPEAKING_ERRORS = new Set(['CliError', 'InvalidArgumentError', 'TrackingConfigError']);
/** Sentences that code outside of the messages files says. */
function straySentences(file: string, text: string): string[] {
  const source = sourceOf(file, text);
  const found: string[] = [];
  const check = (argument: ts.Expression): void => {
    const said =
      ts.isStringLiteralLike(argument) || ts.isTemplateExpression(argument) ? argument.getText(source) : '';
    const words = said.replaceAll(/\$\{[^}]*\}/g, ' ').match(/[A-Za-z]{2,}/g) ?? [];
    if (words.length >= MIN_WORDS) found.push(`${file}: ${said}`);
  };
  const visit = (node: ts.Node): void => {
    if (ts.isNewExpression(node) && SPEAKING_ERRORS.has(node.expression.getText(source))) {
      node.arguments?.forEach(check);
    }
    if (ts.isCallExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      if (SPEAKING_CALLS.has(node.expression.name.text)) node.arguments.forEach(check);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

describe('sentences for users', () => {
  test('stand in messages files only', () => {
    const others = LIB.filter((file) => !MESSAGES.includes(file));
    expect(others.flatMap((file) => straySentences(file, read(file)))).toEqual([]);
  });

  test('the rule sees one that is made on the spot', () => {
    const text =
      "this.log.warn(`The disk of ${name} is full now.`); throw new CliError('Give a whole number from 1.');";
    expect(straySentences('a.ts', text)).toHaveLength(2);
    expect(straySentences('b.ts', "log.warn(messages.full(name)); terminal.tell('done');")).toEqual([]);
  });

  test('decide nothing inside a template, so that a search for their text finds them', () => {
    expect(MESSAGES.flatMap((file) => decisionsInTemplates(file, read(file)))).toEqual([]);
  });

  test('the rule sees a decision in a template', () => {
    expect(decisionsInTemplates('c.ts', "const a = `${n} ${n === 1 ? 'event' : 'events'}`;")).toHaveLength(1);
    expect(decisionsInTemplates('d.ts', "const b = `${n} ${formOf(n, 'event', 'events')}`;")).toEqual([]);
  });
});

function decisionsInTemplates(file: string, text: string): string[] {
  const source = sourceOf(file, text);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateSpan(node) && ts.isConditionalExpression(node.expression)) {
      found.push(`${file}: ${node.expression.getText(source)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
