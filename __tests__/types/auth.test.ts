import { expectTypeOf } from 'expect-type';
import express from 'express';
import type { IncomingMessage } from 'node:http';
import { createClient } from 'redis';
import { bearerToken, lazyAuth, RedisLog, requireAuth, requireScope } from '../../lib/index';
import type { AuthSession, LazyAuth, LazyAuthOptions, RequestAuth } from '../../lib/index';

// Judged by `npm run typecheck`; when jest runs this file, only the calls of factories happen.

interface User {
  readonly sub: string;
}

const verify = async (token: string): Promise<User | undefined> =>
  token === 'a' ? { sub: 'ann' } : undefined;

describe('lazyAuth', () => {
  it('takes the type of the user from verify', () => {
    const auth = lazyAuth({ verify });
    expectTypeOf(auth).toEqualTypeOf<LazyAuth<User>>();
    expectTypeOf(auth.of).returns.toEqualTypeOf<RequestAuth<User>>();
    expectTypeOf<RequestAuth<User>['user']>().returns.resolves.toEqualTypeOf<
      Readonly<User> | undefined
    >();
  });

  it('hands sessions with that user to revocations', () => {
    const auth = lazyAuth({ verify });
    void auth.revoke((session) => {
      expectTypeOf(session).toEqualTypeOf<AuthSession<User>>();
      return session.user.sub === 'ann';
    });
    // @ts-expect-error neither token nor subject
    expectTypeOf<{ user: 'ann' }>().toExtend<Parameters<typeof auth.revoke>[0]>();
  });

  it('is middleware of Express, and makes such', () => {
    const auth = lazyAuth({ verify, schemes: [bearerToken()] });
    const app = express();
    app.use(auth);
    app.get('/', auth.requireAuth(), requireAuth(), requireScope('a'), async (req, res) => {
      expectTypeOf(await auth.of(req).user()).toEqualTypeOf<Readonly<User> | undefined>();
      res.end();
    });
  });

  it('declares nothing on requests', () => {
    expectTypeOf<express.Request>().not.toHaveProperty('auth');
    expectTypeOf<IncomingMessage>().not.toHaveProperty('auth');
  });

  it('has only options that may be left out', () => {
    type Options = LazyAuthOptions<User>;
    expectTypeOf<Options>().toEqualTypeOf<{ readonly [K in keyof Options]?: Options[K] }>();
  });
});

describe('RedisLog', () => {
  it('takes a client of the package redis', () => {
    expectTypeOf(RedisLog).toBeConstructibleWith({ client: createClient() });
  });
});
