import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import express from 'express';
import session from 'express-session';
import { bearerToken, createServer, headstart, lazyAuth } from 'headstart';
import type { AuthScheme } from 'headstart';

declare module 'express-session' {
  interface SessionData {
    name: string;
  }
}

interface User {
  readonly sub: string;
}

type WithSession = IncomingMessage & { readonly session: { readonly name?: string } };

/** API keys of programs; in production in a database. */
const apiKeys: ReadonlyMap<string, User> = new Map([['key-of-robot', { sub: 'robot' }]]);

/**
 * The login of `express-session` as one scheme, beside bearer tokens. The name is the credential:
 * `express-session` has verified the cookie already. Nothing of it is remembered here that a
 * changed session could contradict.
 */
const sessionLogin: AuthScheme<User> = {
  name: 'Session',
  extract: (req) => (req as WithSession).session.name,
  verify: (name) => ({ sub: name }),
};

/** Browsers sign in to a session, programs send a key; handlers see one `req.auth`. */
export function createApp(): express.Express {
  const auth = lazyAuth<User>({
    schemes: [bearerToken({ verify: (key) => apiKeys.get(key) }), sessionLogin],
  });

  const app = express();
  app.use(headstart());
  app.use(
    session({
      secret: randomBytes(32).toString('hex'),
      resave: false,
      saveUninitialized: false,
      cookie: { secure: true, sameSite: 'strict' },
    }),
  );
  app.use(auth);
  app.post('/login/:name', (req, res) => {
    req.session.name = req.params.name;
    res.sendStatus(204);
  });
  app.post('/logout', (req, res, next) => {
    req.session.destroy((error) => (error ? next(error) : res.sendStatus(204)));
  });
  app.get('/me', auth.requireAuth(), async (req, res) => {
    const found = await auth.of(req).session();
    res.json({ name: found?.user.sub, by: found?.scheme });
  });
  return app;
}

if (require.main === module) {
  createServer(createApp()).listen(8443, () => console.log('https://localhost:8443/me'));
}
