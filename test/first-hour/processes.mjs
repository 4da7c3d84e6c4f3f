import { spawn } from 'node:child_process';

const RUN_MS = 240_000;
const READY_MS = 60_000;

/** The environment of this process, without what a new user does not have. */
const ofNewUser = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(NODE_|KISSMETRICS_|TRACKING_|NESTJS_TRACKING_)/.test(name),
  ),
);

/** Everything that was started and is still running. */
const running = new Set();
export function killAll() {
  for (const child of running) signal(child, 'SIGKILL');
}
process.once('exit', killAll);
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => process.exit(1));

/** Runs a shell command to its end, and returns its output. Throws where it fails, or succeeds where it must fail. */
export async function run(cwd, command, { env = {}, fails = false } = {}) {
  const child = start(cwd, command, env);
  const limit = setTimeout(() => child.kill('SIGKILL'), RUN_MS);
  const code = await child.ended;
  clearTimeout(limit);
  if ((code === 0) === fails) {
    throw new Error(
      `${command}\n(in ${cwd}) ${fails ? 'did not fail' : `exited with ${code}`}:\n${child.output()}`,
    );
  }
  return child.output();
}

/** Starts a shell command in a process group of its own. */
export function start(cwd, command, env = {}) {
  const child = spawn(command, {
    cwd,
    shell: true,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...ofNewUser, ...env },
  });
  running.add(child);
  let output = '';
  const watchers = new Set();
  const read = (chunk) => {
    output += chunk;
    for (const watcher of watchers) watcher();
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const ended = new Promise((resolve) => {
    child.on('close', (code, by) => {
      running.delete(child);
      resolve(code ?? by);
    });
  });
  return {
    ended,
    output: () => output,
    kill: (name) => signal(child, name),
    /** Resolves once the output matches. */
    says: (pattern, withinMs = READY_MS) =>
      new Promise((resolve, reject) => {
        const fail = (why) =>
          reject(new Error(`${command}\n${why} before it printed ${pattern}:\n${output}`));
        const limit = setTimeout(() => fail(`${withinMs} ms passed`), withinMs);
        const look = () => {
          const match = pattern.exec(output);
          if (match === null) return;
          clearTimeout(limit);
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        void ended.then((code) => fail(`exited with ${code}`));
        look();
      }),
  };
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // it has ended
  }
}
