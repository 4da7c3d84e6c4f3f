import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const LEFT_OUT = new Set(['.git', '.nodes', 'coverage', 'dist', 'node_modules', 'var']);
const URL_OF_REPOSITORY = 'https://github.com/acme/nestjs-tracking';
/** Each run asks npm for the files of the package. */
const RUNS_NPM_MS = 120_000;

let clone: string;

beforeAll(() => {
  clone = mkdtempSync(join(tmpdir(), 'nestjs-tracking-repository-'));
  cpSync(root, clone, { recursive: true, filter: (source) => !LEFT_OUT.has(basename(source)) });
  writeFileSync(join(clone, 'docs/picture.png'), '');
  appendFileSync(join(clone, 'README.md'), '\n![a picture](docs/picture.png)\n');
}, RUNS_NPM_MS);

afterAll(() => rmSync(clone, { recursive: true, force: true }));

function repository(argument: string): { readonly status: number | null; readonly said: string } {
  const script = join(clone, 'scripts/repository.mjs');
  const { status, stderr } = spawnSync(process.execPath, [script, argument], {
    cwd: clone,
    encoding: 'utf8',
  });
  return { status, said: stderr };
}

function read(file: string): string {
  return readFileSync(join(clone, file), 'utf8');
}

function linksOf(page: string): string[] {
  return [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
}

function packed(): string[] {
  const { stdout } = spawnSync('npm pack --dry-run --json --ignore-scripts', {
    cwd: clone,
    shell: true,
    encoding: 'utf8',
  });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  return files.map(({ path }) => path);
}

describe('the repository', () => {
  test(
    'is a placeholder in package.json alone, which packs and does not publish',
    () => {
      expect(repository('--check')).toEqual({ status: 0, said: '' });
      const { status, said } = repository('--publish');
      expect(status).toBe(1);
      expect(said).toContain('`repository` is the placeholder');
      const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
      expect(scripts['prepublishOnly']).toContain('npm run repository --silent -- --publish');
      expect(scripts['prepack']).toBeUndefined();
    },
    RUNS_NPM_MS,
  );

  test(
    'is set by one command, and then every link works on a registry and in the package',
    () => {
      expect(repository(`${URL_OF_REPOSITORY}.git`)).toEqual({ status: 0, said: '' });
      expect(repository('--publish')).toEqual({ status: 0, said: '' });

      expect(JSON.parse(read('package.json'))).toMatchObject({
        repository: { type: 'git', url: `git+${URL_OF_REPOSITORY}.git` },
        homepage: `${URL_OF_REPOSITORY}#readme`,
        bugs: { url: `${URL_OF_REPOSITORY}/issues` },
      });
      expect(read('SECURITY.md')).toContain(`(${URL_OF_REPOSITORY}/security/advisories/new)`);

      const files = packed();
      expect(files).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'docs/identity.md']));
      expect(files.filter((file) => /\.(png|svg)$/.test(file))).toEqual([]);

      expect(linksOf('README.md').filter((link) => !/^(https:|#)/.test(link))).toEqual([]);
      expect(read('README.md')).toContain(`(${URL_OF_REPOSITORY}/blob/HEAD/docs/identity.md)`);
      // The address of a blob is that of a page around the picture.
      expect(read('README.md')).toContain(`![a picture](${URL_OF_REPOSITORY}/raw/HEAD/docs/picture.png)`);
      const broken = files
        .filter((file) => file.endsWith('.md'))
        .flatMap((page) =>
          linksOf(page)
            .filter((link) => !/^(https?:|#)/.test(link))
            .map((link) => posix.join(posix.dirname(page), link.split('#')[0]!))
            .filter((target) => existsSync(join(clone, target)))
            .filter((target) => !files.some((file) => file === target || file.startsWith(`${target}/`)))
            .map((target) => `${page}: ${target}`),
        );
      expect(broken).toEqual([]);
    },
    RUNS_NPM_MS,
  );

  test(
    'reports a relative link that is added to the README later',
    () => {
      appendFileSync(join(clone, 'README.md'), '\n[identity](docs/identity.md)\n');
      const { status, said } = repository('--check');
      expect(status).toBe(1);
      expect(said).toMatch(/^README.md: a link does not follow `repository` in package.json.*\n$/);
    },
    RUNS_NPM_MS,
  );
});
