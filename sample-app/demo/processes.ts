import { type Child, startChild } from './child.js';

/** The last line of a shop's output, see `src/main.ts`. */
const FINAL_REPORT = /^Final tracking report: (.*)$/;

export function startCollectorProcess(port = 0): Promise<Child> {
  const env = { ...process.env, COLLECTOR_PORT: String(port) };
  return startChild('The collector', '../collector/main.js', env, /^Collector: (\S+)/);
}

/** Port 0: any free port. */
export function startShopProcess(name: string, settings: Record<string, string>, port = 0): Promise<Child> {
  const env = { ...process.env, ...settings, PORT: String(port) };
  return startChild(name, '../src/main.js', env, /^The shop is open at (\S+)/);
}

export function finalReport<T>(shop: Child): T | undefined {
  const line = shop.lines.findLast((each) => FINAL_REPORT.test(each));
  return line && JSON.parse(FINAL_REPORT.exec(line)![1]!);
}
