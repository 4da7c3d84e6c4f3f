#!/usr/bin/env node
/**
 * `repository` in package.json is the only place that names the repository; all else that names it is derived from it here.
 *
 *   npm run repository -- https://github.com/you/nestjs-tracking   sets it everywhere
 *   npm run repository -- --check                                  reports what is not derived from it
 *   npm run repository -- --publish                                the same, and rejects the placeholder
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { posix } from 'node:path';

const PLACEHOLDER = 'https://github.com/OWNER/nestjs-tracking';
/** A link or picture of a page, with its target. */
const LINK = /(\]\()([^)\s]+)(\))/g;

const problems = [];
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const before = manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');
const [argument] = process.argv.slice(2);
const isSetting = argument?.startsWith('https://') ?? false;
const repository = isSetting ? argument.replace(/(\.git|\/)+$/, '') : before;
const isPlaceholder = repository === PLACEHOLDER;

if (!isSetting && argument !== '--check' && argument !== '--publish') {
  console.error('Usage: npm run repository -- <https URL of the repository> | --check | --publish');
  process.exit(2);
}

const packaged = new Set(pack());
const pages = [...readdirSync('.'), ...readdirSync('docs', { recursive: true }).map((file) => `docs/${file}`)]
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.md'));
for (const page of pages) update(page, withLinks(page, readFileSync(page, 'utf8')));
update('package.json', `${JSON.stringify(derived(), null, 2)}\n`);

if (argument === '--publish' && isPlaceholder) {
  problems.push(
    `package.json: \`repository\` is the placeholder ${PLACEHOLDER}. Nothing was published. Run \`npm run repository -- <URL>\`.`,
  );
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;

/** package.json with all members that follow from `repository`. With the placeholder there are none. */
function derived() {
  const members = Object.entries(manifest).filter(([name]) => name !== 'homepage' && name !== 'bugs');
  const at = members.findIndex(([name]) => name === 'repository');
  const links = isPlaceholder
    ? []
    : [
        ['homepage', `${repository}#readme`],
        ['bugs', { url: `${repository}/issues` }],
      ];
  members.splice(at, 1, ...links, ['repository', { type: 'git', url: `git+${repository}.git` }]);
  return Object.fromEntries(members);
}

/**
 * A registry shows the README alone, and an installed package has no file outside `files`. So links are absolute in the
 * README, and in docs/ where they leave the package. While there is no repository, they stay relative, for a clone.
 */
function withLinks(page, text) {
  const moved = text.replaceAll(before, repository);
  return moved.replace(LINK, (whole, open, link, close) => {
    if (/^(#|[a-z]+:)/.test(link)) return whole;
    const [path, fragment] = link.split('#');
    const target = posix.normalize(posix.join(posix.dirname(page), path));
    if (!existsSync(target)) return whole; // test/docs reports it
    const stays = page !== 'README.md' && (!packaged.has(page) || isPackaged(target));
    if (isPlaceholder || stays) return whole;
    return `${open}${repository}/${kindOf(target)}/HEAD/${target}${fragment ? `#${fragment}` : ''}${close}`;
  });
}

/** How the repository's site shows a file: the address of a blob is a page, also for a picture. */
function kindOf(target) {
  if (statSync(target).isDirectory()) return 'tree';
  return /\.(png|svg)$/.test(target) ? 'raw' : 'blob';
}

function isPackaged(target) {
  return packaged.has(target) || [...packaged].some((file) => file.startsWith(`${target}/`));
}

function update(file, text) {
  if (text === readFileSync(file, 'utf8')) return;
  if (isSetting) writeFileSync(file, text);
  else
    problems.push(
      `${file}: a link does not follow \`repository\` in package.json. Run \`npm run repository -- ${repository}\`.`,
    );
}

/** The files of the package, as npm selects them. */
function pack() {
  const { stdout, stderr } = spawnSync('npm pack --dry-run --json --ignore-scripts', {
    shell: true,
    encoding: 'utf8',
  });
  try {
    return JSON.parse(stdout)[0].files.map(({ path }) => path);
  } catch (cause) {
    throw new Error(`npm pack failed: ${stderr}`, { cause });
  }
}
