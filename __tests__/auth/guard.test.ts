import { lazyAuth } from '../../lib/auth/lazy-auth';
import { requireAuth } from '../../lib/auth/require-auth';
import { requireScope } from '../../lib/auth/require-scope';
import type { Middleware } from '../../lib/util/middleware';
import { bearer, requestWith, responseTo } from './requests';

/** Where a request ended: at `next`, with or without an error. */
const outcomeOf = (guard: Middleware, req = bearer('a'), res = responseTo(req)) =>
  new Promise<unknown>((resolve) => guard(req, res, resolve));

const pass: Middleware = (_req, _res, next) => next();
const verify = (token: string) => (token === 'a' ? { sub: 'ann', scope: 'read' } : undefined);

describe('a guard', () => {
  it('passes on without a pause once the credential is remembered', async () => {
    const auth = lazyAuth({ verify });
    await outcomeOf(auth.requireAuth());
    const passed: unknown[] = [];
    const req = bearer('a');
    auth.requireAuth()(req, responseTo(req), (error) => passed.push(error));
    expect(passed).toEqual([undefined]);
  });

  it('hands a failure of verify to the error handlers', async () => {
    const down = new Error('down');
    const rejecting = lazyAuth({ verify: () => Promise.reject(down) });
    expect(await outcomeOf(rejecting.requireAuth())).toBe(down);
  });

  it('hands a failure of the scheme and of a revoking function to the error handlers', async () => {
    const bug = new Error('bug');
    const fail = () => {
      throw bug;
    };
    const scheme = { name: 'Key', extract: fail };
    expect(await outcomeOf(lazyAuth({ verify, schemes: [scheme] }).requireAuth())).toBe(bug);
    const auth = lazyAuth({ verify });
    await outcomeOf(auth.requireAuth());
    await auth.revoke(fail);
    expect(await outcomeOf(auth.requireAuth())).toBe(bug);
  });

  it('hands refusals to refuse, with the challenge set already', async () => {
    const req = bearer('a');
    const res = responseTo(req);
    const auth = lazyAuth({ verify, refuse: (error, _req, _res, next) => next(error) });
    expect(await outcomeOf(auth.requireScope('write'), req, res)).toMatchObject({
      name: 'AuthError',
      code: 'ERR_AUTH_SCOPE',
      status: 403,
      error: 'insufficient_scope',
    });
    expect(res.getHeader('WWW-Authenticate')).toContain('scope="write"');
  });

  it('works without the middleware', async () => {
    const auth = lazyAuth({ verify });
    const req = bearer('a');
    expect(await outcomeOf(auth.requireAuth(), req)).toBeUndefined();
    expect(Reflect.get(req, 'auth')).toBe(auth.of(req));
  });
});

describe('requireAuth and requireScope', () => {
  it('go by the lazyAuth that was mounted last', async () => {
    const [api, admin] = [lazyAuth({ verify }), lazyAuth({ verify: () => undefined })];
    const req = bearer('a');
    await outcomeOf(api, req);
    expect(await outcomeOf(requireScope('read'), req)).toBeUndefined();
    await outcomeOf(admin, req);
    const res = responseTo(req);
    const ended = await new Promise((resolve) => {
      Object.assign(res, { end: resolve });
      requireAuth()(req, res, () => resolve('passed'));
    });
    expect(ended).toBe('Unauthorized\n');
    expect(await outcomeOf(api.requireAuth(), req)).toBeUndefined();
  });

  it('tell when no lazyAuth is mounted', async () => {
    const error = { code: 'ERR_AUTH_NOT_MOUNTED' };
    expect(await outcomeOf(requireAuth(), requestWith())).toMatchObject(error);
    expect(await outcomeOf(requireScope('read'), requestWith())).toMatchObject(error);
  });

  it.each([[[]], [['a b']], [['']], [[1]]])('refuse the scopes %j', (scopes) => {
    expect(() => requireScope(...(scopes as string[]))).toThrow(TypeError);
    expect(() => lazyAuth({ verify }).requireScope(...(scopes as string[]))).toThrow(TypeError);
  });
});

describe('the RequestAuth of a request', () => {
  it('is made once for each lazyAuth, under the name of choice', async () => {
    const [one, two] = [lazyAuth({ verify, property: 'who' }), lazyAuth({ verify })];
    const req = bearer('a');
    for (const each of [one, two, one]) await outcomeOf(each, req);
    expect(Reflect.get(req, 'who')).toBe(one.of(req));
    expect(Reflect.get(req, 'auth')).toBe(two.of(req));
    expect(one.of(req)).not.toBe(two.of(req));
    await outcomeOf(pass, req);
  });

  it('asks once for a request, and again when the answer was revoked', async () => {
    let asked = 0;
    const auth = lazyAuth({ verify: (token) => (asked++, verify(token)), ttlMs: 0 });
    const who = auth.of(bearer('a'));
    expect(await who.user()).toMatchObject({ sub: 'ann' });
    expect((await who.session())?.scopes).toEqual(new Set(['read']));
    expect(asked).toBe(1);
    await auth.revoke({ subject: 'ann' });
    expect(await who.user()).toBeUndefined();
  });
});
