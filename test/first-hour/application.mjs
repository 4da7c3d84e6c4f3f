import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { run, start } from './processes.mjs';

/** Development packages of the scaffold that build and test nothing: their download takes longer than all the rest. */
const UNUSED =
  /^(@eslint|eslint|globals$|prettier|typescript-eslint|oxlint|@vitest\/coverage|@nestjs\/mau|ts-loader)/;

/** An application as `nest new` makes it, and what a reader of the pages does with it. */
export class Application {
  constructor(folder, major) {
    this.folder = folder;
    this.major = major;
    /** Nest 12 scaffolds ES modules, Nest 11 CommonJS without endings. */
    this.ending = major === 12 ? '.js' : '';
    this.runner = major === 12 ? 'vitest' : 'jest';
  }

  static async scaffold(cli, folder, major) {
    await run(
      dirname(folder),
      `${cli} new ${folder.split('/').pop()} --skip-git --package-manager npm --skip-install`,
    );
    const application = new Application(folder, major);
    application.edit('package.json', (text) => {
      const manifest = JSON.parse(text);
      manifest.devDependencies = Object.fromEntries(
        Object.entries(manifest.devDependencies).filter(([name]) => !UNUSED.test(name)),
      );
      return JSON.stringify(manifest, null, 2);
    });
    return application;
  }

  read(file) {
    return readFileSync(join(this.folder, file), 'utf8');
  }

  has(file) {
    return existsSync(join(this.folder, file));
  }

  write(file, text) {
    mkdirSync(dirname(join(this.folder, file)), { recursive: true });
    const imports = text.replace(/(from '\.[^']*?)\.js'/g, `$1${this.ending}'`);
    writeFileSync(join(this.folder, file), `${imports}\n`);
  }

  edit(file, change) {
    const before = this.read(file);
    const after = change(before);
    if (after === before) throw new Error(`Nothing to change in ${file}:\n${before}`);
    writeFileSync(join(this.folder, file), after);
  }

  /** Takes over the imports of a page's `AppModule`, as a reader does who has one: the rest of the scaffold's stays. */
  importModules(example) {
    const modules = /\n {2}imports: \[\n([^]*?)\n {2}\],\n/.exec(example)[1];
    const lines = example
      .split('\n')
      .filter((line) => /^import .* from /.test(line) && !line.includes('{ Module }'));
    this.edit('src/app.module.ts', (text) =>
      text
        .replace(/^import .* from '(nestjs-tracking|@nestjs\/config)';\n/gm, '')
        .replace(/^/, `${lines.join('\n')}\n`)
        .replace(/ {2}imports: \[[^]*?\],\n(?= {2}controllers)/, `  imports: [\n${modules}\n  ],\n`),
    );
  }

  /** Replaces the options of the module by those of a page's `forRoot()`. */
  replaceOptions(example) {
    const [imports] = /^import .* from 'nestjs-tracking';$/m.exec(example);
    const [call] = /TrackingModule\.forRoot\(\{[^]*?\n\}\)/.exec(example);
    this.edit('src/app.module.ts', (text) =>
      text
        .replace(/^import .* from 'nestjs-tracking';$/m, imports)
        .replace(/TrackingModule\.forRoot\(\{[^]*?\n {4}\}\)/, call),
    );
  }

  /** Writes a class of a page into a file of its own, and names it in the module. */
  addClass(example, list) {
    const name = /export class (\w+)/.exec(example)[1];
    const file = name.replace(
      /(.)([A-Z])/g,
      (_, end, begin) => `${end}${/Controller|Service/.test(begin) ? '.' : '-'}${begin}`,
    );
    const path = file.toLowerCase().replace(/-(controller|service)$/, '.$1');
    this.write(`src/${path}.ts`, example);
    this.edit('src/app.module.ts', (text) =>
      text
        .replace(/^/, `import { ${name} } from './${path}${this.ending}';\n`)
        .replace(`${list}: [`, `${list}: [${name}, `),
    );
  }

  /** Runs an `npm install` of a page. */
  async install(command) {
    await this.command(`${command} --prefer-offline --no-audit --no-fund --loglevel=error`);
  }

  async build() {
    await run(this.folder, 'npm run build');
  }

  /** Starts what was built, as the scaffold's own script does, and waits until it listens. */
  async start(main, env = {}) {
    const port = await freePort();
    const child = start(this.folder, `node dist/${this.has(`dist/src/${main}.js`) ? 'src/' : ''}${main}`, {
      ...env,
      PORT: String(port),
    });
    await child.says(/Nest application successfully started/);
    const url = `http://localhost:${port}`;
    for (let tries = 0; ; tries++) {
      const answered = await fetch(url).then(
        (response) => response.ok,
        () => false,
      );
      if (answered) return { ...child, url, stop: () => stop(child) };
      if (tries > 100) throw new Error(`The application does not answer:\n${child.output()}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Runs a command of a page, such as `npx nestjs-tracking list`. */
  command(command, options) {
    return run(this.folder, command, options);
  }
}

async function stop(child) {
  child.kill('SIGTERM');
  const limit = setTimeout(() => child.kill('SIGKILL'), 15_000);
  assert.notEqual(await child.ended, 'SIGKILL', `did not end within 15 s of SIGTERM:\n${child.output()}`);
  clearTimeout(limit);
}

export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
