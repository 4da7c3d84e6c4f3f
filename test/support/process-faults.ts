/** Jest gives tests a copy of `process` without these events. */
const realProcess = (
  process as unknown as { getBuiltinModule(id: 'process'): NodeJS.Process }
).getBuiltinModule('process');

const faults: unknown[] = [];
realProcess.on('uncaughtExceptionMonitor', (error, origin) => faults.push(`${origin}: ${String(error)}`));
realProcess.on('unhandledRejection', (reason) => faults.push(`unhandledRejection: ${String(reason)}`));

/** Errors since the last call that would have ended or disturbed the application's process. */
export function takeProcessFaults(): unknown[] {
  return faults.splice(0);
}
