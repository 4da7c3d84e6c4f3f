/**
 * Native ESM: what the tests run is what Node runs, `.js` specifiers and live bindings included.
 * swc only strips types and emits the decorator metadata that Nest injects by.
 */
const base = {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: {
    '^nestjs-tracking$': '<rootDir>/lib/index.ts',
    '^nestjs-tracking/(testing|terminus|opentelemetry)$': '<rootDir>/lib/$1/index.ts',
    '^nestjs-tracking/testing/(jest|vitest)$': '<rootDir>/lib/testing/$1.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // Mercurius asks for the static files of its playground with `require`, and they for this one, whose newest is ESM:
    // Node loads that, Jest below Node 24.9 does not.
    '^content-disposition$': '<rootDir>/node_modules/content-disposition/dist/index.js',
  },
  setupFiles: ['reflect-metadata'],
  // These run by themselves, with packages of their own: none of their files is a test or a module here.
  modulePathIgnorePatterns: [
    '<rootDir>/dist/',
    '<rootDir>/sample-app/dist/',
    '<rootDir>/bench/',
    '<rootDir>/test/matrix/',
    '<rootDir>/test/vendors/',
    '<rootDir>/test/browser/',
  ],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        module: { type: 'es6' },
        sourceMaps: 'inline',
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
      },
    ],
  },
};

const project = (displayName, testMatch, testPathIgnorePatterns = []) => ({
  ...base,
  displayName,
  testMatch,
  testPathIgnorePatterns: ['/node_modules/', ...testPathIgnorePatterns],
});

export default {
  coverageProvider: 'v8',
  collectCoverageFrom: ['lib/**/*.ts'],
  coverageDirectory: 'coverage',
  // Jest leaves a core to itself; most of these tests wait for timers, disks and other processes.
  maxWorkers: '100%',
  // Modules of a test that has ended are not let go of: a worker of gigabytes spends its time on collecting them.
  workerIdleMemoryLimit: '1GB',
  // Generous, because a busy machine triples every wait; a test that hangs still ends.
  testTimeout: 30_000,
  projects: [
    project(
      'unit',
      ['<rootDir>/test/**/*.test.ts'],
      ['<rootDir>/test/e2e/', '<rootDir>/test/faults/', '<rootDir>/test/support/'],
    ),
    project('e2e', ['<rootDir>/test/e2e/**/*.test.ts']),
    project('faults', ['<rootDir>/test/faults/**/*.test.ts']),
  ],
};
