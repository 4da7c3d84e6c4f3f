import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root, textOf, userPages } from './prose.js';

const PAGES = [...userPages().filter((page) => page.startsWith('docs/architecture')), 'CONTRIBUTING.md'];

/** Words in code that look like names of this package. */
const NOT_OURS = new Set(['Authorization']);

describe.each(PAGES)('%s', (page) => {
  const code = [...textOf(page).matchAll(/`([^`\n]+)`/g)].map(([, text]) => text!);

  test('names files and folders that exist', () => {
    expect(pathsIn(code).filter((path) => !isThere(path))).toEqual([]);
  });

  test('names classes, types and functions that exist', () => {
    const lib = librarySource();
    expect(namesIn(code).filter((name) => !declares(lib, name))).toEqual([]);
  });
});

test('the check sees a file and a class that are gone', () => {
  const code = ['lib/gone/', 'host/clock.ts', 'GoneClass.method()', 'LaneEvent', 'goneFunction()', '<x>.ts'];
  expect(pathsIn(code)).toEqual(['lib/gone/', 'host/clock.ts']);
  expect(isThere('lib/gone/')).toBe(false);
  expect(isThere('host/clock.ts')).toBe(true);
  expect(namesIn(code)).toEqual(['GoneClass', 'LaneEvent', 'goneFunction']);
  expect(declares('export interface LaneEvent {}', 'LaneEvent')).toBe(true);
  expect(declares('new GoneClass()', 'GoneClass')).toBe(false);
});

/** Source files and folders. A name with a placeholder is none. */
function pathsIn(code: readonly string[]): string[] {
  return code.filter((text) => /^\w[\w./-]*(?:\.ts|\/)$/.test(text));
}

/** Whether there is such a file or folder, at any depth: a page names some within a folder that it has named. */
function isThere(path: string): boolean {
  return everyFile().some((file) => `/${file}`.includes(`/${path}`));
}

/** Names of classes and types, and of functions of their own that are named with their parentheses. */
function namesIn(code: readonly string[]): string[] {
  return code.flatMap((text) => {
    const name = /^(?:([A-Z][a-z]\w*)(?:\.[\w#]+(?:\(\))?)?|([a-z]\w+)\(\))$/.exec(text);
    const found = name?.[1] ?? name?.[2];
    return found === undefined || NOT_OURS.has(found) ? [] : [found];
  });
}

function declares(text: string, name: string): boolean {
  const declared = new RegExp(`\\b(?:class|interface|type|function\\*?|const) ${name}\\b`);
  // A method, such as one that Nest calls.
  return declared.test(text) || new RegExp(`^  (?:async )?${name}\\(`, 'm').test(text);
}

let files: readonly string[] | undefined;

function everyFile(): readonly string[] {
  files ??= ['lib', 'test', 'docs', 'sample-app', 'bench', 'scripts'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      .filter((file) => !file.includes('node_modules')),
  );
  return files;
}

let source: string | undefined;

function librarySource(): string {
  source ??= everyFile()
    .filter((file) => /^(?:lib|test\/support)\/.*\.ts$/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  return source;
}
