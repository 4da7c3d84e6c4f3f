import { join } from 'node:path';
import type { Files } from '../files/files.js';
import { readJsonFile, writeJsonFile } from '../files/json-file.js';
import { hasShape, isText, listOf, type Shape } from '../format/shape.js';
import { diskCodeOf } from '../files/absence.js';
import { areAccounts, isSameAccount, type Accounts } from './accounts.js';
import { checkPlace } from './denied.js';

/** In the journal's root: the namespace of keyed ids of each service that uses the directory. */
export const NAMESPACES_FILE = 'namespaces.json';

const FORMAT = 1;
/** Bounds the file: some services have new credentials at each start. */
const MAX_CONFIGURATIONS = 100;

const SERVICE: Shape = { namespace: isText, configurations: listOf(isText), lanes: areAccounts };
const FILE: Shape = {
  format: (value) => value === FORMAT,
  services: listOf((one) => hasShape(one, SERVICE)),
};

/** One service, as it was configured when it started last. */
interface Service {
  readonly namespace: string;
  /** Default namespaces of the configurations that it had. */
  readonly configurations: readonly string[];
  readonly lanes: Accounts;
}

export interface NamespaceAsker {
  /** The namespace that the configuration gives by default. */
  readonly byDefault: string;
  readonly accounts: Accounts;
  /** Whether a living process has one of these accounts. */
  readonly isInUse: (accounts: Accounts) => Promise<boolean>;
  /** Called with a file that cannot be used; without an error it is damaged, or of a later version. */
  readonly onUnusable: (path: string, error?: unknown) => void;
}

/**
 * The namespace that a service had before one of its credentials or destinations changed, so that the ids of its keys stay the
 * same. A service is recognised by an earlier configuration, else by an account, else by the names of its destinations if it is
 * the only service of the directory and does not run. If the file cannot be read, the default.
 */
export async function keptNamespace(
  files: Files,
  directory: string,
  { byDefault, accounts, isInUse, onUnusable }: NamespaceAsker,
): Promise<string> {
  const path = join(directory, NAMESPACES_FILE);
  let services: readonly Service[] = [];
  try {
    await checkPlace(files, directory);
    const file = await readJsonFile(files, path);
    if (file !== undefined && !hasShape(file, FILE)) {
      // A later version may have written it: it is not replaced.
      onUnusable(path);
      return byDefault;
    }
    if (file !== undefined) services = file['services'] as readonly Service[];
  } catch (error) {
    onUnusable(path, error);
    return byDefault;
  }
  const known =
    services.find(({ configurations }) => configurations.includes(byDefault)) ??
    closest(services, accounts) ??
    (await onlyOther(services, accounts, isInUse));
  const { namespace, configurations = [] } = known ?? { namespace: byDefault };
  const now: Service = {
    namespace,
    configurations: [...new Set([...configurations, byDefault])].slice(-MAX_CONFIGURATIONS),
    lanes: accounts,
  };
  const all = known === undefined ? [...services, now] : services.map((one) => (one === known ? now : one));
  if (JSON.stringify(all) !== JSON.stringify(services)) {
    try {
      await files.makeFolder(directory);
      await writeJsonFile(files, path, { format: FORMAT, services: all });
    } catch (error) {
      // The disk is rejecting writes: the next start writes the file.
      if (diskCodeOf(error) === undefined) throw error;
    }
  }
  return namespace;
}

/** The service that has most of our accounts; the first of several. */
function closest(services: readonly Service[], accounts: Accounts): Service | undefined {
  const common = ({ lanes }: Service): number =>
    Object.values(lanes).filter((one) => Object.values(accounts).some((own) => isSameAccount(one, own)))
      .length;
  const [best] = services.toSorted((a, b) => common(b) - common(a));
  return best !== undefined && common(best) > 0 ? best : undefined;
}

/** The only service, if its destinations have our names and it does not run. */
async function onlyOther(
  services: readonly Service[],
  accounts: Accounts,
  isInUse: (accounts: Accounts) => Promise<boolean>,
): Promise<Service | undefined> {
  const [only, ...others] = services;
  if (only === undefined || others.length > 0 || shapeOf(only.lanes) !== shapeOf(accounts)) return undefined;
  return (await isInUse(only.lanes)) ? undefined : only;
}

const shapeOf = (accounts: Accounts): string =>
  Object.entries(accounts)
    .map(([name, { kind }]) => JSON.stringify([name, kind]))
    .toSorted()
    .join();
