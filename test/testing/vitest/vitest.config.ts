import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const lib = (file: string): string => fileURLToPath(new URL(`../../../lib/${file}`, import.meta.url));

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  resolve: {
    alias: [
      { find: /^nestjs-tracking\/testing\/vitest$/, replacement: lib('testing/vitest.ts') },
      { find: /^nestjs-tracking\/testing$/, replacement: lib('testing/index.ts') },
      { find: /^nestjs-tracking$/, replacement: lib('index.ts') },
    ],
  },
  test: { include: ['*.spec.ts'], setupFiles: ['reflect-metadata', lib('testing/vitest.ts')] },
});
