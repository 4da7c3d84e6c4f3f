import { Session } from 'node:inspector/promises';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Samples this process' JavaScript thread until `stop()`, which tells where its time went. */
export async function startProfile() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: 200 });
  await session.post('Profiler.start');
  return {
    async stop() {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      return summarise(profile);
    },
  };
}

/** Microseconds of self time by function, and by package. */
function summarise({ nodes, samples, timeDeltas }) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const functions = new Map();
  const packages = new Map();
  for (const [i, id] of samples.entries()) {
    const { functionName, url, lineNumber } = byId.get(id).callFrame;
    if (functionName === '(idle)' || functionName === '(program)') continue;
    const file = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : url;
    add(functions, `${functionName || '(anonymous)'} ${file && `${file}:${lineNumber + 1}`}`, timeDeltas[i]);
    add(packages, packageOf(file, functionName), timeDeltas[i]);
  }
  return { functions: largest(functions), packages: largest(packages) };
}

function packageOf(file, functionName) {
  const inModules = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file);
  if (inModules) return inModules[1];
  const ours = /^dist\/esm\/([^/]+)/.exec(file);
  if (ours) return `nestjs-tracking ${ours[1]}`;
  if (file.startsWith('node:')) return 'Node';
  return file === '' ? functionName : file;
}

const add = (sums, key, value) => sums.set(key, (sums.get(key) ?? 0) + value);

const largest = (sums) => [...sums].toSorted(([, a], [, b]) => b - a).slice(0, 40);
