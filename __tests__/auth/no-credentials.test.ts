import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { AuthError } from '../../lib/auth/auth-error';
import { lazyAuth } from '../../lib/auth/lazy-auth';
import { collectFailures } from '../support/failures';
import { http1Client } from '../support/test-client';
import { bearer, responseTo } from './requests';

jest.setTimeout(60_000);

/** Enough of a credential to know it by. */
const secretOf = (token: string) => token.slice(8, 28);
const token = (start: string) => `${start}-${randomBytes(24).toString('base64url')}`;

describe('a heap that remembers credentials', () => {
  let folder: string;
  let server: ChildProcess;
  let port: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headstart-heap-'));
    const file = join(__dirname, 'credentials-server.ts');
    const args = ['--expose-gc', '--import', 'tsx', file, join(folder, 'heap')];
    server = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(server.stdout!, 'data')) as [Buffer];
    port = Number(String(line));
  });
  afterAll(async () => {
    server.kill();
    await once(server, 'exit');
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds none of them: accepted, refused, malformed, in a cookie, revoked', async () => {
    const client = http1Client(`http://127.0.0.1:${port}`);
    const ask = async (headers: Record<string, string>, path = '/') =>
      (await client.request({ path, headers })).status;
    const good = Array.from({ length: 20 }, () => token('good'));
    const bad = Array.from({ length: 20 }, () => token('evil'));
    const [cookie, malformed] = [token('good'), token('a b')];
    for (const one of good) expect(await ask({ authorization: `Bearer ${one}` })).toBe(200);
    for (const one of bad) expect(await ask({ authorization: `Bearer ${one}` })).toBe(401);
    expect(await ask({ cookie: `sid=${cookie}` })).toBe(200);
    expect(await ask({ authorization: `Bearer ${malformed}` })).toBe(400);
    const signedOut = good[0]!;
    await ask({ authorization: `Bearer ${signedOut}` }, '/sign-out');
    // What the last requests left in Node's own parsers is overwritten.
    for (let i = 0; i < 20; i++) await ask({ authorization: 'Bearer harmless' });
    const { json, body } = await client.request('/snapshot').then((reply) => ({
      ...reply,
      json: JSON.parse(reply.body) as { file: string; stats: object },
    }));
    expect(json.stats).toMatchObject({ sessions: 20, refused: 21, revocations: 1 });
    const heap = readFileSync(json.file, 'utf8');
    expect(heap).toContain('remembered-user');
    const all = [...good, ...bad, cookie, malformed];
    expect(all.filter((one) => heap.includes(secretOf(one)))).toEqual([]);
    expect(all.filter((one) => body.includes(secretOf(one)))).toEqual([]);
  });
});

describe('errors, logs and inspections', () => {
  const secret = token('evil');
  const complaint = Object.assign(new SyntaxError(`cannot read ${secret}`), { token: secret });

  it('tell no credential that was refused, whatever verify said of it', async () => {
    const failures = collectFailures();
    const printed = [
      jest.spyOn(process.stdout, 'write').mockReturnValue(true),
      jest.spyOn(process.stderr, 'write').mockReturnValue(true),
    ];
    const errors: unknown[] = [];
    const auth = lazyAuth({
      verify: () => Promise.reject(complaint),
      refuse: (error, _req, _res, next) => next(error),
    });
    for (let i = 0; i < 2; i++) {
      const req = bearer(secret);
      await new Promise<void>((resolve) => {
        auth.requireAuth()(req, responseTo(req), (error) => {
          errors.push(error);
          resolve();
        });
      });
      const inspected = inspect(auth.of(req), { depth: 9, showHidden: true });
      expect(inspected).not.toContain(secretOf(secret));
      expect(inspect(auth, { depth: 9, showHidden: true })).not.toContain(secretOf(secret));
    }
    const written = printed.flatMap((one) => one.mock.calls.map(([text]) => String(text)));
    for (const one of printed) one.mockRestore();
    expect(errors).toHaveLength(2);
    for (const error of errors) {
      expect(error).toBeInstanceOf(AuthError);
      expect(error).toMatchObject({ code: 'ERR_AUTH_INVALID', reason: 'SyntaxError' });
      const told = `${inspect(error, { depth: 9, showHidden: true })} ${JSON.stringify(error)}`;
      expect(told).not.toContain(secretOf(secret));
    }
    expect(written).toEqual([]);
    expect(failures.stop()).toEqual([]);
  });
});
