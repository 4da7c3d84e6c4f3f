/** Jest hands tests a copy of `process` that never hears these events. */
const realProcess = (
  process as unknown as { getBuiltinModule(id: 'process'): NodeJS.Process }
).getBuiltinModule('process');

const faults: unknown[] = [];
realProcess.on('uncaughtExceptionMonitor', (error, origin) => faults.push(`${origin}: ${String(error)}`));
realProcess.on('unhandledRejection', (reason) => faults.push(`unhandledRejection: ${String(reason)}`));

/** What would have ended or troubled the application's process since the last time it was asked. */
export function takeProcessFaults(): unknown[] {
  return faults.splice(0);
}
