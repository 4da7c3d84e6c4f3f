import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import process from 'node:process';
import { guarded } from '../../../host/guarded.js';
import { codeOf } from '../files/absence.js';

/** Identifies a process. All but the first two are known on Linux only. */
export interface ProcessFacts {
  readonly pid: number;
  readonly host: string;
  /** Changes with each start of the machine. */
  readonly boot?: string | undefined;
  /** A pid means nothing outside its namespace, and each container has its own. */
  readonly pidNamespace?: string | undefined;
  /** Clock ticks from the machine's start to the process's: a pid is given again, this is not. */
  readonly start?: number | undefined;
}

/** This process, and whether others still exist. An interface, so that a test can decide which processes live. */
export interface ProcessIdentity {
  readonly self: ProcessFacts;
  /**
   * `true` only if it is proven that the process no longer exists; `false` if it certainly exists; `undefined` if this process
   * cannot know.
   */
  isGone(facts: ProcessFacts): boolean | undefined;
}

/**
 * Reads a line of `/proc/<pid>/stat`. The second field is the program's name, which may contain spaces and parentheses.
 *
 * @returns `zombie`: dead, and kept until its parent reads its exit status. In some containers, that never happens
 */
export function readStat(line: string): { readonly start: number; readonly zombie: boolean } | undefined {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
  const [state, threads, start] = [fields[0], Number(fields[17]), Number(fields[19])];
  if (!Number.isFinite(start)) return undefined;
  // The first thread can end before the others, which may still write.
  return { start, zombie: state === 'X' || (state === 'Z' && threads <= 1) };
}

/** Whether a process that has a pid in our namespace exists. */
function exists(pid: number): boolean | undefined {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false;
    return codeOf(error) === 'EPERM' ? true : undefined;
  }
}

const statOf = (pid: number | 'self') => guarded(() => readStat(readFileSync(`/proc/${pid}/stat`, 'utf8')));

/** Reads the identity of this process from the system. */
export function processIdentity(): ProcessIdentity {
  const self: ProcessFacts = {
    pid: process.pid,
    host: hostname(),
    boot: guarded(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: guarded(() => readlinkSync('/proc/self/ns/pid')),
    start: statOf('self')?.start,
  };
  return { self, isGone: (facts) => isGone(facts, self) };
}

function isGone(facts: ProcessFacts, self: ProcessFacts): boolean | undefined {
  // Two machines of one name may use the same volume: only a boot id distinguishes them.
  if (facts.host !== self.host) return undefined;
  if (self.boot === undefined && facts.boot === undefined) {
    // On Linux this means that /proc is hidden, and with it everything that makes a pid comparable.
    if (process.platform === 'linux') return undefined;
    if (facts.pid === self.pid) return false;
    return exists(facts.pid) === false ? true : undefined;
  }
  // Another boot may be this machine before its restart, or one of the same name that shares the volume and lives.
  if (facts.boot !== self.boot) return undefined;
  if (self.pidNamespace === undefined || facts.pidNamespace !== self.pidNamespace) return undefined;
  // A second journal of this process, or one of a worker thread: the process lives, and the journal may be closed.
  if (facts.pid === self.pid && facts.start === self.start) return false;
  if (exists(facts.pid) === false) return true;
  const stat = statOf(facts.pid);
  if (stat === undefined || facts.start === undefined) return undefined;
  return stat.start !== facts.start || stat.zombie;
}
