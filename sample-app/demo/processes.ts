import { fileURLToPath } from 'node:url';
import { type Child, startChild } from './child.js';

/** The last line of a shop's output, see `src/main.ts`. */
const FINAL_REPORT = /^Final tracking report: (.*)$/;

const COMMAND_LINE = fileURLToPath(new URL('./cli/main.js', import.meta.resolve('nestjs-tracking')));
const SHOP = fileURLToPath(new URL('../src/main.js', import.meta.url));

/** `npx nestjs-tracking collector`. Port 0: any free port. */
export function startCollectorProcess(port = 0): Promise<Child> {
  const command = [COMMAND_LINE, 'collector', '--port', String(port), '--json'] as const;
  return startChild('The collector', command, process.env, /"url":"([^"]+)"/);
}

/** Port 0: any free port. */
export function startShopProcess(name: string, settings: Record<string, string>, port = 0): Promise<Child> {
  const env = { ...process.env, ...settings, PORT: String(port) };
  return startChild(name, [SHOP], env, /^The shop is open at (\S+)/);
}

export function finalReport<T>(shop: Child): T | undefined {
  const line = shop.lines.findLast((each) => FINAL_REPORT.test(each));
  return line && JSON.parse(FINAL_REPORT.exec(line)![1]!);
}
