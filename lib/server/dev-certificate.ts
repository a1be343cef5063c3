import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** Browsers refuse server certificates that are valid for longer than 398 days. */
const validDays = 397;

/** `selfsigned` is asynchronous and `createServer` is not; this happens once per machine. */
const script = `
const { generate } = require(process.argv[1]);
const names = [{ type: 2, value: 'localhost' }, { type: 7, ip: '127.0.0.1' }, { type: 7, ip: '::1' }];
generate([{ name: 'commonName', value: 'localhost' }], {
  keyType: 'ec',
  curve: 'P-256',
  algorithm: 'sha256',
  notAfterDate: new Date(Date.now() + ${validDays} * 86400000),
  extensions: [
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: names },
  ],
}).then(({ private: key, cert }) => process.stdout.write(JSON.stringify({ key, cert })));
`;

/**
 * A self-signed certificate for localhost, for development. It is made once and kept, so that a
 * browser that was told to trust it goes on doing so.
 *
 * @param folder Where it is kept. By default the project's `node_modules/.cache/headstart`, or
 * `.cache/headstart` in the home folder where there is no `node_modules`.
 */
export function devCertificate(folder = defaultFolder()): KeyPair {
  const path = join(folder, 'localhost.json');
  const kept = readKept(path);
  if (kept !== undefined) return kept;
  const made = execFileSync(process.execPath, ['-e', script, require.resolve('selfsigned')], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, made, { mode: 0o600 });
  return JSON.parse(made) as KeyPair;
}

function defaultFolder(): string {
  const modules = join(process.cwd(), 'node_modules');
  return existsSync(modules)
    ? join(modules, '.cache', 'headstart')
    : join(homedir(), '.cache', 'headstart');
}

/** What was kept, unless it is unreadable or expires within a day. */
function readKept(path: string): KeyPair | undefined {
  try {
    const pair = JSON.parse(readFileSync(path, 'utf8')) as KeyPair;
    const expires = Date.parse(new X509Certificate(pair.cert).validTo);
    return expires > Date.now() + 86_400_000 ? pair : undefined;
  } catch {
    return undefined;
  }
}
