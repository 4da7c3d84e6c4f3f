import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Path below lib/ to source text. A map, so that the rules can be shown to fail without breaking lib/. */
type Sources = Record<string, string>;
type Imports = Map<string, { ours: string[]; packages: string[] }>;

/** The ground floors, which every floor above them may import. */
const GROUND = ['event', 'host', 'config'];
/** Everything below the ways in. */
const INSIDE = [...GROUND, 'observe', 'request', 'identity', 'context', 'plan'];
const JOURNAL = [...GROUND, 'buffer', 'buffer/journal/format', 'buffer/journal/files'];

/**
 * What each floor may import besides itself, from the ground up: another floor, or one file if only the contract of a folder may be
 * known. A folder within a folder is a floor of its own if it has a row. The root files of lib/ are the public face, and nobody
 * imports them. A `*.messages.ts` has sentences: it imports the words of `event` only, and serves its folder and all folders in it.
 */
const FLOORS: Record<string, string[]> = {
  // `guarded()` imports nothing: it is for malformed values, which both ground floors read.
  event: ['host/guarded.ts'],
  host: [],
  config: ['event', 'host'],
  request: GROUND,
  plan: GROUND,
  observe: [...GROUND, 'plan/plan-stats.ts', 'buffer/event-buffer.ts'],
  identity: [...GROUND, 'observe', 'request'],
  context: [...GROUND, 'request', 'identity'],
  destinations: [...GROUND, 'observe', 'request'],
  buffer: GROUND,
  'buffer/memory': [...GROUND, 'buffer'],
  'buffer/journal/format': [...GROUND, 'buffer'],
  'buffer/journal/files': [...GROUND, 'buffer', 'buffer/journal/format'],
  'buffer/journal/ownership': JOURNAL,
  'buffer/journal/options': JOURNAL,
  'buffer/journal/query': [...JOURNAL, 'buffer/journal/ownership'],
  'buffer/journal/reader': [...JOURNAL, 'buffer/journal/ownership', 'buffer/journal/query'],
  'buffer/journal/store': [...JOURNAL, 'buffer/journal/ownership', 'buffer/journal/options'],
  'buffer/journal/upkeep': [
    ...JOURNAL,
    'buffer/journal/ownership',
    'buffer/journal/options',
    'buffer/journal/store',
  ],
  'buffer/journal/commands': [
    ...JOURNAL,
    'buffer/journal/ownership',
    'buffer/journal/query',
    'buffer/journal/reader',
    'buffer/journal/store',
    'buffer/journal/upkeep',
  ],
  'buffer/journal': [
    ...JOURNAL,
    'buffer/journal/ownership',
    'buffer/journal/options',
    'buffer/journal/query',
    'buffer/journal/reader',
    'buffer/journal/store',
    'buffer/journal/upkeep',
    'buffer/journal/commands',
  ],
  delivery: [...GROUND, 'observe', 'buffer/event-buffer.ts', 'destinations/destination.ts'],
  capture: [
    ...INSIDE,
    'buffer/event-buffer.ts',
    'destinations/destination.ts',
    'destinations/destination-map.ts',
    'destinations/lane-view.ts',
  ],
  // The service is known as the token that Nest injects.
  decorator: [...INSIDE, 'capture/capture-port.ts', 'capture/call.ts', 'tracking.service.ts'],
  options: [...INSIDE, 'destinations', 'buffer', 'buffer/memory', 'delivery', 'capture'],
  runtime: [...INSIDE, 'destinations', 'buffer', 'buffer/memory', 'delivery', 'capture', 'options'],
  // Beside the application, and never imported by it. It shares nothing with the destinations, so that it can check them.
  collector: ['event', 'host'],
  // Beside the application, too.
  cli: [
    ...JOURNAL,
    'buffer/journal/ownership',
    'buffer/journal/query',
    'buffer/journal/reader',
    'buffer/journal/commands',
    'buffer/journal',
    'collector/collector.ts',
    'plan',
    'decorator/tracked-places.ts',
    'destinations/lane-view.ts',
    'destinations/kissmetrics/request.ts',
  ],
};

/** Entry points of their own, beside index.ts: each may know all, and nobody imports them. By folder: their optional peers. */
const ENTRY_POINTS: Record<string, string[]> = {
  testing: ['@nestjs/testing', '@jest/globals', 'vitest'],
  terminus: ['@nestjs/terminus'],
  opentelemetry: ['@opentelemetry/api'],
};

/** The files that open sockets; everywhere else these may be named as types only. */
const TRANSPORT = [
  'delivery/http/transport.ts',
  'delivery/http/connector.ts',
  'delivery/http/host-lookup.ts',
  'delivery/http/lane-agent.ts',
  // Only tells addresses apart.
  'host/private-hosts.ts',
  // The server of the command line, which no application imports.
  'collector/collector.ts',
];
const NETWORK = new Set([
  'undici',
  'undici/index.js',
  'node:http',
  'node:https',
  'node:http2',
  'node:net',
  'node:tls',
  'node:dgram',
  'node:dns',
  'node:dns/promises',
]);

const LOG_METHODS = new Set(['log', 'warn', 'error', 'fatal', 'debug', 'verbose']);

describe('lib/', () => {
  const all = readSources(new URL('../lib/', import.meta.url));
  /** The page runs in browsers, as one bundle. To the package it is no module: an import of it is one of nothing. */
  const isOfPage = (file: string): boolean => file.startsWith('collector/web/');
  const lib = select(all, (file) => !isOfPage(file) && file.endsWith('.ts'));
  const page = select(all, isOfPage);

  test('imports one way only: from its own floor or from below', () => {
    expect(floorViolations(lib)).toEqual([]);
  });

  test('has no circular imports', () => {
    expect(cycles(lib)).toEqual([]);
  });

  test('imports packages by their roots, and only those that are installed with it', () => {
    const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      dependencies: Record<string, string>;
      peerDependencies: Record<string, string>;
      peerDependenciesMeta: Record<string, unknown>;
    };
    const optional = Object.keys(manifest.peerDependenciesMeta);
    const installed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }).filter(
      (name) => !optional.includes(name),
    );
    expect(packageViolations(lib, [...installed, 'undici/index.js'])).toEqual([]);
    expect(Object.values(ENTRY_POINTS).flat().toSorted()).toEqual(optional.toSorted());
  });

  test('reaches the network from the files that are for it', () => {
    expect(networkViolations(lib)).toEqual([]);
  });

  test('loads undici by its file: for the name alone, Bun has an imitation that delivers nothing', () => {
    const byName = Object.entries(lib).filter(([, text]) => /^import (?!type\b).*'undici';$/m.test(text));
    expect(byName.map(([file]) => file)).toEqual([]);
  });

  test('has a public face that names everything it exports', () => {
    expect(unnamedExports(lib['index.ts'] ?? '')).toEqual([]);
  });

  test('bundles nothing into its page but the page, preact and small common functions: of the collector it knows types only', () => {
    expect(Object.keys(page).length).toBeGreaterThan(20);
    expect(pageViolations(page)).toEqual([]);
  });

  test('binds each error that it catches: only guarded() and parsedJson() turn an error into "no value"', () => {
    expect(bareCatches(lib)).toEqual([]);
  });

  test('hands its loggers messages from a messages file, not sentences made on the spot', () => {
    expect(strayMessages(lib)).toEqual([]);
  });
});

describe('the rules', () => {
  test('see a page that bundles a module of the collector, or a package', () => {
    expect(
      pageViolations({
        'collector/web/a.tsx': `import { render } from 'preact';\nimport { Ledger } from '../ledger/ledger.js';`,
        'collector/web/parts/b.tsx': `import type { Stats } from '../../api/responses.js';\nimport { a } from '../a.js';\nimport x from 'lodash';`,
      }),
    ).toEqual([
      'collector/web/a.tsx imports ../ledger/ledger.js',
      'collector/web/parts/b.tsx imports lodash',
    ]);
  });

  test('see a floor that imports from above', () => {
    expect(
      floorViolations({
        'event/event.ts': `import type { Clock } from '../host/clock.js';`,
        'host/clock.ts': `export interface Clock {}`,
      }),
    ).toEqual(['event/event.ts imports host/clock.ts']);
  });

  test('see a room that reaches past the contract of another', () => {
    expect(
      floorViolations({
        'delivery/lane.ts': `import { a } from '../buffer/event-buffer.js';\nexport * from '../buffer/memory/ring.js';`,
        'buffer/event-buffer.ts': '',
        'buffer/memory/ring.ts': '',
      }),
    ).toEqual(['delivery/lane.ts imports buffer/memory/ring.ts']);
  });

  test('see a room that imports a root file', () => {
    expect(
      floorViolations({
        'options.ts': '',
        'capture/door.ts': `type Options = import('../options.js').Options;`,
        'index.ts': `export { options } from './options.js';`,
      }),
    ).toEqual(['capture/door.ts imports options.ts']);
  });

  test('see a messages file that knows more than words', () => {
    expect(
      floorViolations({
        'delivery/delivery.messages.ts': `import type { Reason } from '../event/reasons.js';\nimport './lane.js';`,
        'delivery/lane.ts': `import './delivery.messages.js';`,
        'event/reasons.ts': '',
        'options.messages.ts': `import './options.js';`,
        'options.ts': '',
      }),
    ).toEqual([
      'delivery/delivery.messages.ts imports delivery/lane.ts',
      'options.messages.ts imports options.ts',
    ]);
  });

  test('see a folder that has no floor, and an import of nothing', () => {
    expect(floorViolations({ 'utils/a.ts': '', 'event/event.ts': `import '../event/gone.js';` })).toEqual([
      'utils/a.ts is on no floor',
      'event/event.ts imports event/gone.ts, which is not there',
    ]);
  });

  test('see a circle, and only once', () => {
    expect(
      cycles({
        'event/a.ts': `import { b } from './b.js';`,
        'event/b.ts': `import { c } from './c.js';`,
        'event/c.ts': `import type { A } from './a.js';`,
        'event/d.ts': `import { a } from './a.js';`,
      }),
    ).toEqual(['event/a.ts -> event/b.ts -> event/c.ts -> event/a.ts']);
  });

  test('see a package from within, and one that is not installed', () => {
    expect(
      packageViolations(
        {
          'a.ts': `import { x } from '@nestjs/core/injector/module.js';\nimport 'express';\nimport 'node:fs';\nimport 'rxjs';`,
          'b.ts': `/** import { fake } from 'lodash'; */`,
        },
        ['@nestjs/core', 'rxjs'],
      ),
    ).toEqual(['a.ts imports @nestjs/core/injector/module.js', 'a.ts imports express']);
  });

  test('see an optional package outside of its entry point, and an import of an entry point', () => {
    const sources = {
      'terminus/health.ts': `import '@nestjs/terminus';\nimport '../tracking.service.js';`,
      'tracking.service.ts': `import '@nestjs/terminus';\nimport './terminus/health.js';`,
    };
    expect(packageViolations(sources, [])).toEqual(['tracking.service.ts imports @nestjs/terminus']);
    expect(floorViolations(sources)).toEqual(['tracking.service.ts imports terminus/health.ts']);
  });

  test('see a second way to the network, and let types pass', () => {
    expect(
      networkViolations({
        [TRANSPORT[0]!]: `import { Agent } from 'undici';`,
        'options.ts': `import type { Dispatcher } from 'undici';\nimport { type Agent } from 'node:http';`,
        'destinations/webhook/webhook.ts': `import { request } from 'node:https';\nawait fetch('http://localhost');`,
        'identity/read.ts': `this.fetch(); void globalThis.fetch(url);`,
      }),
    ).toEqual([
      'destinations/webhook/webhook.ts imports node:https',
      'destinations/webhook/webhook.ts calls fetch',
      'identity/read.ts calls fetch',
    ]);
  });

  test('see a star, a default and a declaration in the public face', () => {
    const index = `export { a } from './a.js';\nexport type { B } from './b.js';\nexport * from './c.js';\nexport const d = 1;\nexport default d;`;
    expect(unnamedExports(index)).toEqual([
      `export * from './c.js';`,
      'export const d = 1;',
      'export default d;',
    ]);
  });

  test('see a catch that ignores its error, except in the two files that are for it', () => {
    const bare = 'try {\n  read();\n} catch {\n  retry();\n}';
    const bound = `try { read(); } catch (error) { log.internalError('reading', error); } // catch {}`;
    expect(
      bareCatches({ 'host/guarded.ts': bare, 'delivery/lane.ts': bare, 'delivery/batch.ts': bound }),
    ).toEqual(['delivery/lane.ts:3 catches an error without binding it']);
  });

  test('see a sentence that is logged where it stands', () => {
    expect(
      strayMessages({
        'delivery/lane.ts':
          'log.warn(`The lane ${name} is parked`); log.warn(parked(name)); journal.log("x");',
        'delivery/delivery.messages.ts': `console.log('The lane is parked')`,
      }),
    ).toEqual(['delivery/lane.ts: log.warn(`The lane ${name} is parked`)']);
  });
});

function readSources(folder: URL): Sources {
  const root = fileURLToPath(folder);
  const sources: Sources = {};
  for (const entry of readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()) {
    if (/\.tsx?$/.test(entry))
      sources[entry.replaceAll('\\', '/')] = readFileSync(new URL(entry, folder), 'utf8');
  }
  return sources;
}

function select(sources: Sources, isWanted: (file: string) => boolean): Sources {
  return Object.fromEntries(Object.entries(sources).filter(([file]) => isWanted(file)));
}

/** They import nothing, and run in browsers, too. */
const SHARED_WITH_PAGE = new Set(['event/counted.js', 'event/json-values.js']);

function pageViolations(page: Sources): string[] {
  return Object.entries(page).flatMap(([file, text]) =>
    [...text.matchAll(/^(?:import|export) (type )?.*?from '([^']+)';$/gms)]
      .filter(([, type, from]) => {
        if (!from!.startsWith('.')) return from !== 'preact' && from !== 'preact/hooks';
        const target = posix.join(posix.dirname(file), from!);
        return type === undefined && !target.startsWith('collector/web/') && !SHARED_WITH_PAGE.has(target);
      })
      .map(([, , from]) => `${file} imports ${from}`),
  );
}

function importsOf(sources: Sources): Imports {
  const imports: Imports = new Map();
  for (const [file, text] of Object.entries(sources)) {
    const augmented = augmentedModules(text);
    const specifiers = ts
      .preProcessFile(text, true, true)
      .importedFiles.map((imported) => imported.fileName)
      .filter((name) => !augmented.has(name));
    imports.set(file, {
      ours: specifiers.filter((name) => name.startsWith('.')).map((name) => resolve(file, name)),
      packages: specifiers.filter((name) => !name.startsWith('.')),
    });
  }
  return imports;
}

/** Modules whose types a file adds to without importing them: where one is not installed, nothing is missed. */
function augmentedModules(text: string): Set<string> {
  const added = [...text.matchAll(/^declare module '([^']+)'/gm)].map(([, name]) => name!);
  return new Set(added.filter((name) => !text.includes(`from '${name}'`)));
}

function resolve(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

/** The innermost folder with a row of its own; the first one if none has. */
function floorOf(file: string): string | undefined {
  const folders = file.split('/').slice(0, -1);
  for (let depth = folders.length; depth > 1; depth--) {
    const folder = folders.slice(0, depth).join('/');
    if (folder in FLOORS) return folder;
  }
  return folders[0];
}

function floorViolations(sources: Sources): string[] {
  const found: string[] = [];
  for (const [file, { ours }] of importsOf(sources)) {
    const floor = floorOf(file);
    if (floor !== undefined && FLOORS[floor] === undefined && ENTRY_POINTS[floor] === undefined) {
      found.push(`${file} is on no floor`);
      continue;
    }
    for (const target of ours) {
      if (!mayImport(file, target)) found.push(`${file} imports ${target}`);
      else if (!(target in sources)) found.push(`${file} imports ${target}, which is not there`);
    }
  }
  return found;
}

function mayImport(file: string, target: string): boolean {
  const floor = floorOf(file);
  const targetFloor = floorOf(target);
  if (file.endsWith('.messages.ts')) return targetFloor === 'event';
  if (target.endsWith('.messages.ts') && file.startsWith(`${posix.dirname(target)}/`)) return true;
  if (targetFloor !== floor && targetFloor !== undefined && targetFloor in ENTRY_POINTS) return false;
  if (floor === undefined || targetFloor === floor || floor in ENTRY_POINTS) return true;
  return FLOORS[floor]?.some((below) => below === target || below === targetFloor) ?? false;
}

function cycles(sources: Sources): string[] {
  const imports = importsOf(sources);
  const found: string[] = [];
  const finished = new Set<string>();
  const follow = (file: string, path: string[]): void => {
    const start = path.indexOf(file);
    if (start !== -1) {
      found.push([...path.slice(start), file].join(' -> '));
      return;
    }
    if (finished.has(file)) return;
    for (const target of imports.get(file)?.ours ?? []) follow(target, [...path, file]);
    finished.add(file);
  };
  for (const file of imports.keys()) follow(file, []);
  return found;
}

function packageViolations(sources: Sources, installed: string[]): string[] {
  const found: string[] = [];
  for (const [file, { packages }] of importsOf(sources)) {
    const own = ENTRY_POINTS[floorOf(file) ?? ''] ?? [];
    for (const name of packages) {
      const there = name.startsWith('node:') || installed.includes(name) || own.includes(name);
      if (!there) found.push(`${file} imports ${name}`);
    }
  }
  return found;
}

function networkViolations(sources: Sources): string[] {
  const found: string[] = [];
  for (const [file, text] of Object.entries(sources)) {
    if (TRANSPORT.includes(file)) continue;
    walk(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), (node) => {
      if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
        if (NETWORK.has(node.moduleSpecifier.text) && importsValues(node)) {
          found.push(`${file} imports ${node.moduleSpecifier.text}`);
        }
      } else if (ts.isCallExpression(node) && /^(globalThis\.)?fetch$/.test(node.expression.getText())) {
        found.push(`${file} calls fetch`);
      }
    });
  }
  return found;
}

/** `guarded()` and `parsedJson()`: an error means that a value of the application, a client or a platform is unusable. */
const ERROR_IS_NO_VALUE = ['host/guarded.ts', 'event/json-values.ts'];

function bareCatches(sources: Sources): string[] {
  const found: string[] = [];
  for (const [file, text] of Object.entries(sources)) {
    if (ERROR_IS_NO_VALUE.includes(file)) continue;
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    walk(source, (node) => {
      if (!ts.isCatchClause(node) || node.variableDeclaration !== undefined) return;
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push(`${file}:${line + 1} catches an error without binding it`);
    });
  }
  return found;
}

function importsValues({ importClause }: ts.ImportDeclaration): boolean {
  if (importClause === undefined) return true;
  if (importClause.phaseModifier === ts.SyntaxKind.TypeKeyword) return false;
  const bindings = importClause.namedBindings;
  if (importClause.name !== undefined || bindings === undefined || ts.isNamespaceImport(bindings))
    return true;
  return bindings.elements.some((element) => !element.isTypeOnly);
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function unnamedExports(index: string): string[] {
  const source = ts.createSourceFile('index.ts', index, ts.ScriptTarget.Latest);
  return source.statements
    .filter(
      (statement) =>
        !ts.isImportDeclaration(statement) &&
        !(
          ts.isExportDeclaration(statement) &&
          statement.exportClause &&
          ts.isNamedExports(statement.exportClause)
        ),
    )
    .map((statement) => statement.getText(source));
}

/** A sentence handed straight to a logger; words of the code (`'x'`, a reason) are not sentences. */
function strayMessages(sources: Sources): string[] {
  const found: string[] = [];
  for (const [file, text] of Object.entries(sources)) {
    if (file.endsWith('.messages.ts')) continue;
    walk(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), (node) => {
      if (isLogCall(node) && node.arguments.some(isSentence)) found.push(`${file}: ${node.getText()}`);
    });
  }
  return found;
}

function isLogCall(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    LOG_METHODS.has(node.expression.name.text)
  );
}

function isSentence(node: ts.Node): boolean {
  return (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) && / \S+ /.test(node.getText());
}
