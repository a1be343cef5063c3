import { lazyAuth } from '../../lib/auth/lazy-auth';
import type { LazyAuth } from '../../lib/auth/lazy-auth';
import type { RequestAuth } from '../../lib/auth/request-auth';
import { requireAuth } from '../../lib/auth/require-auth';
import { requireScope } from '../../lib/auth/require-scope';
import { overHttp2 } from '../../lib/server/over-http2';
import { expressVersions } from '../support/express-versions';
import { transports, type TestServer } from '../support/transports';
import { Issuer, type TestUser } from './issuer';

type Named = { readonly auth: RequestAuth<TestUser> };

const cases = expressVersions.flatMap(([major, express]) =>
  transports.map(
    (transport) => [`Express ${major}, ${transport.name}`, express, transport] as const,
  ),
);

describe.each(cases)('lazyAuth on %s', (_name, express, transport) => {
  let issuer: Issuer;
  let auth: LazyAuth<TestUser>;
  let server: TestServer;

  const ask = (path: string, token?: string, method = 'GET') =>
    server.request({
      path,
      method,
      headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    });

  beforeEach(async () => {
    issuer = new Issuer();
    issuer.issue('ann', { sub: 'Ann', scope: 'read write' });
    auth = lazyAuth({ verify: issuer.verify, realm: 'shop' });
    const app = express();
    app.use(auth);
    app.get('/public', (_req, res) => void res.send('hello'));
    app.get('/greeting', async (req, res) => {
      const user = await (req as unknown as Named).auth.user();
      res.send(`hello ${user?.sub ?? 'guest'}`);
    });
    app.get('/me', requireAuth(), async (req, res) => void res.json(await auth.of(req).user()));
    app.get('/read', requireScope('read'), (_req, res) => void res.send('read'));
    app.get('/admin', auth.requireScope('read', 'admin'), (_req, res) => void res.send('admin'));
    app.post('/sign-out', async (req, res) => {
      await auth.of(req).revoke();
      res.send('bye');
    });
    server = await transport.serve(overHttp2(app));
  });
  afterEach(() => server.close());

  it('verifies nothing when nobody looks', async () => {
    expect((await ask('/public', 'ann')).body).toBe('hello');
    expect((await ask('/public', 'bad')).body).toBe('hello');
    expect(issuer.asked).toEqual([]);
  });

  it('tells a handler who it is, or that nobody is known', async () => {
    expect((await ask('/greeting', 'ann')).body).toBe('hello Ann');
    expect((await ask('/greeting', 'bad')).body).toBe('hello guest');
    expect((await ask('/greeting')).body).toBe('hello guest');
  });

  it('verifies a token once for many requests', async () => {
    for (let i = 0; i < 3; i++)
      expect((await ask('/me', 'ann')).json).toMatchObject({ sub: 'Ann' });
    expect(issuer.asked).toEqual(['ann']);
    expect(auth.stats).toMatchObject({ hits: 2, verifications: 1, sessions: 1 });
  });

  it('challenges a request without credentials, without an error', async () => {
    const reply = await ask('/me');
    expect([reply.status, reply.body]).toEqual([401, 'Unauthorized\n']);
    expect(reply.headers['www-authenticate']).toBe('Bearer realm="shop"');
  });

  it('refuses a token that is not good', async () => {
    const reply = await ask('/me', 'bad');
    expect(reply.status).toBe(401);
    expect(reply.headers['www-authenticate']).toMatch(
      /^Bearer realm="shop", error="invalid_token", error_description="[^"]+"$/,
    );
  });

  it('answers 400 to what is no token', async () => {
    const reply = await ask('/me', 'a, b');
    expect(reply.status).toBe(400);
    expect(reply.headers['www-authenticate']).toContain('error="invalid_request"');
  });

  it('lets pass who has the scope, and answers 403 to who has not', async () => {
    expect((await ask('/read', 'ann')).body).toBe('read');
    const reply = await ask('/admin', 'ann');
    expect(reply.status).toBe(403);
    expect(reply.headers['www-authenticate']).toMatch(
      /^Bearer realm="shop", error="insufficient_scope", .*scope="read admin"$/,
    );
  });

  it('refuses at once what was signed out', async () => {
    expect((await ask('/me', 'ann')).status).toBe(200);
    expect((await ask('/sign-out', 'ann', 'POST')).body).toBe('bye');
    expect((await ask('/me', 'ann')).status).toBe(401);
    expect((await ask('/greeting', 'ann')).body).toBe('hello guest');
  });

  it('keeps nothing of credentials that nobody accepted when they are signed out', async () => {
    for (let i = 0; i < 3; i++) await ask('/sign-out', `random${i}`, 'POST');
    expect(auth.stats.revocations).toBe(0);
  });

  it('answers HEAD without a body', async () => {
    const reply = await ask('/me', 'bad', 'HEAD');
    expect([reply.status, reply.body]).toEqual([401, '']);
  });
});

describe('lazyAuth', () => {
  const verify = () => undefined;

  it('refuses to be mounted without being called', () => {
    const request = { method: 'GET', headers: {} };
    expect(() => lazyAuth(request as never)).toThrow(
      expect.objectContaining({ code: 'ERR_NOT_CALLED' }),
    );
  });

  it('is a named middleware, and makes named ones', () => {
    const auth = lazyAuth({ verify });
    expect([auth.name, auth.requireAuth().name]).toEqual(['lazyAuthMiddleware', 'authGuard']);
  });

  it('tells no credential in its statistics', async () => {
    const auth = lazyAuth({ verify });
    expect(Object.values(auth.stats).every((one) => typeof one === 'number')).toBe(true);
  });
});
