import { randomBytes } from 'node:crypto';
import express from 'express';
import session from 'express-session';
import { createServer, headstart, lazyAuth } from 'headstart';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';

interface ApiUser {
  readonly sub: string;
  readonly exp: number;
}

/**
 * `passport` signs people in and keeps `req.user`; whoever is signed in gets a token for the API,
 * where `lazyAuth` keeps `req.auth`. Neither looks at what is the other's.
 */
export function createApp(): express.Express {
  const people = new passport.Passport();
  people.use(
    new LocalStrategy((name, password, done) => {
      done(null, password === 'open sesame' ? { name } : false);
    }),
  );
  people.serializeUser((user, done) => done(null, (user as { name: string }).name));
  people.deserializeUser((name: string, done) => done(null, { name }));

  const tokens = new Map<string, ApiUser>();
  const auth = lazyAuth({ verify: (token) => tokens.get(token) });

  const app = express();
  app.use(headstart());
  app.use(auth);
  app.get('/api/me', auth.requireAuth(), async (req, res) => {
    res.json({ api: (await auth.of(req).user())?.sub, page: req.user ?? null });
  });

  const secret = randomBytes(32).toString('hex');
  app.use(session({ secret, resave: false, saveUninitialized: false, cookie: { secure: true } }));
  app.use(people.session(), express.urlencoded());
  app.post('/login', people.authenticate('local'), (_req, res) => void res.sendStatus(204));
  app.post('/token', (req, res) => {
    const { name } = (req.user ?? {}) as { name?: string };
    if (name === undefined) {
      res.sendStatus(401);
      return;
    }
    const token = randomBytes(32).toString('base64url');
    tokens.set(token, { sub: name, exp: Math.floor(Date.now() / 1000) + 3600 });
    res.json({ token });
  });
  app.get('/page', async (req, res) => {
    res.json({ page: req.user ?? null, api: (await auth.of(req).user())?.sub ?? null });
  });
  return app;
}

if (require.main === module) {
  createServer(createApp()).listen(8443, () => console.log('https://localhost:8443/page'));
}
