import { fork } from 'node:child_process';

/**
 * Questions and answers over a process' IPC channel, both ways.
 *
 * @param {NodeJS.Process | import('node:child_process').ChildProcess} channel
 * @param {Record<string, (value: any) => unknown>} answers what this side answers to
 * @returns {(question: string, value?: unknown) => Promise<any>} asks the other side
 */
export function link(channel, answers = {}) {
  let asked = 0;
  const waiting = new Map();
  channel.on('message', async ({ id, question, value, failed }) => {
    if (question !== undefined) {
      try {
        channel.send({ id, value: await answers[question](value) });
      } catch (error) {
        channel.send({ id, failed: String(error?.stack ?? error) });
      }
      return;
    }
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (failed === undefined) resolve(value);
    else reject(new Error(failed));
  });
  // nothing outlives the run that started it
  if (channel === process) process.on('disconnect', () => process.exit());
  channel.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the process ended with ${code}`));
  });
  return (question, value) =>
    new Promise((resolve, reject) => {
      waiting.set(++asked, { resolve, reject });
      channel.send({ id: asked, question, value });
    });
}

/**
 * Starts a process of its own for one subject. Its output is kept back and shown only if it fails.
 *
 * @param {string} file beside this one
 */
export function start(file, answers = {}, { execArgv = [], node = process.execPath } = {}) {
  const child = fork(new URL(file, import.meta.url), {
    execArgv,
    execPath: node,
    env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => (output = (output + text).slice(-2_000)));
  }
  const ask = link(child, answers);
  return {
    async ask(question, value) {
      try {
        return await ask(question, value);
      } catch (error) {
        throw new Error(`${file}: ${error.message}\n${output}`);
      }
    },
    /** Ends this process, and no other one. */
    stop() {
      const ended =
        child.exitCode === null ? new Promise((resolve) => child.once('exit', resolve)) : undefined;
      child.kill('SIGKILL');
      return ended;
    },
  };
}
