import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// The shop imports the package by its name, and gets the build: this folder has a package.json, so Node would not find it.
const BUILD = new URL('../../dist/esm/index.js', import.meta.url).href;

export function resolve(specifier, context, next) {
  return specifier === 'nestjs-tracking' ? { url: BUILD, shortCircuit: true } : next(specifier, context);
}

if (isMainThread) register(import.meta.url);
