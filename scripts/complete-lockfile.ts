/**
 * Adds the packages of other platforms to `package-lock.json`:
 *
 *     npm run lockfile
 *
 * npm leaves an optional package out of the lock file when it cannot read its description, and
 * `npm ci` then refuses the file on every machine (npm/cli#4828). The entries made here tell which
 * platform a package is for, so that npm skips it elsewhere.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockEntry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lockfile {
  packages: Record<string, LockEntry>;
}

/** The end of a name such as `binding-linux-arm64-musl`, in the words of Node's `process`. */
const platform =
  /[/-](android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-(gnu|musl|eabi|msvc)\w*)?$/;

const libcs: Readonly<Record<string, string>> = { gnu: 'glibc', musl: 'musl' };

function entryFor(name: string, version: string, isDev: boolean): LockEntry {
  const [, os, cpu, abi = ''] = platform.exec(name) ?? [];
  const isExact = /^\d+\.\d+\.\d+$/.test(version);
  if (os === undefined || cpu === undefined || !isExact) {
    throw new Error(`${name}@${version}: the platform or the version cannot be told from this`);
  }
  const libc = libcs[abi];
  return {
    version,
    cpu: [cpu],
    ...(isDev && { dev: true }),
    ...(libc !== undefined && { libc: [libc] }),
    optional: true,
    os: [os],
  };
}

/** Whether a package in the folder `from` finds `name` in its own folder or in one above. */
function isLocked(packages: Lockfile['packages'], from: string, name: string): boolean {
  const parts = from.split('/node_modules/');
  for (let depth = parts.length; depth > 0; depth--) {
    const folder = parts.slice(0, depth).join('/node_modules/');
    if (Object.hasOwn(packages, `${folder}/node_modules/${name}`)) return true;
  }
  return Object.hasOwn(packages, `node_modules/${name}`);
}

function complete(lockfile: Lockfile): string[] {
  const { packages } = lockfile;
  const added: string[] = [];
  for (const [path, { optionalDependencies = {}, dev = false }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isLocked(packages, path, name)) continue;
      packages[`node_modules/${name}`] = entryFor(name, version, dev);
      added.push(name);
    }
  }
  const byPath = ([a]: [string, unknown], [b]: [string, unknown]) => a.localeCompare(b, 'en');
  lockfile.packages = Object.fromEntries(Object.entries(packages).sort(byPath));
  return added;
}

const path = process.argv[2] ?? join(__dirname, '..', 'package-lock.json');
const lockfile = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
const added = complete(lockfile);
writeFileSync(path, `${JSON.stringify(lockfile, undefined, 2)}\n`);
console.log(`${added.length} added${added.length > 0 ? `: ${added.join(', ')}` : ''}`);
