import cookieParser from 'cookie-parser';
import cookieSession from 'cookie-session';
import session from 'express-session';
import type { SessionData } from 'express-session';
import passport from 'passport';
import { Strategy } from 'passport-local';
import type { Reply, TestClient } from '../../support/test-client';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

const newSession = () =>
  session({
    secret: 'a secret',
    resave: false,
    saveUninitialized: true,
    cookie: { secure: false },
  });

interface Counting {
  visits?: number;
}

const cookiesOf = ({ headers }: Reply): string =>
  (headers['set-cookie'] ?? []).map((cookie) => cookie.split(';', 1)[0]).join('; ');

/** Asks twice, the second time with the cookies of the first answer. */
async function visitTwice(client: TestClient): Promise<readonly [Reply, Reply]> {
  const first = await client.request();
  return [first, await client.request({ headers: { cookie: cookiesOf(first) } })];
}

const sessionCases: CompatibilityCase[] = [
  {
    title: 'keeps a session between requests',
    mount: (app) => {
      app.use(newSession());
      app.get('/', (req, res) => {
        const counting = req.session as Counting;
        counting.visits = (counting.visits ?? 0) + 1;
        res.send(`visit ${counting.visits}`);
      });
    },
    check: async (client) => {
      const [first, second] = await visitTwice(client);
      expect([first.status, first.body, second.body]).toEqual([200, 'visit 1', 'visit 2']);
      expect(first.headers['set-cookie']).toHaveLength(1);
    },
  },
  {
    title: 'saves the session before a response written in pieces ends',
    mount: (app, { journal }) => {
      app.use(newSession());
      app.get('/', (req, res) => {
        (req.session as Counting).visits = 1;
        res.on('finish', () => {
          req.sessionStore.get(req.sessionID, (_error, saved?: SessionData | null) =>
            journal.note(`saved ${(saved as Counting | undefined)?.visits}`),
          );
        });
        res.write('one ');
        res.end('two');
      });
    },
    check: async (client, { journal }) => {
      expect(await client.request()).toMatchObject({ status: 200, body: 'one two' });
      await journal.until('saved 1');
    },
  },
  {
    title: 'saves the session before a redirect and a response with content-length end',
    mount: (app) => {
      app.use(newSession());
      app.get('/', (req, res) => {
        (req.session as Counting).visits = 7;
        res.redirect('/next');
      });
      app.get('/next', (req, res) => {
        const body = `visits ${(req.session as Counting).visits}`;
        res.setHeader('content-length', body.length);
        res.end(body);
      });
    },
    check: async (client) => {
      const first = await client.request('/');
      const cookie = cookiesOf(first);
      expect(await client.request({ path: '/next', headers: { cookie } })).toMatchObject({
        body: 'visits 7',
      });
    },
  },
  {
    title: 'regenerates and destroys a session',
    mount: (app) => {
      app.use(newSession());
      app.get('/', (req, res, next) => {
        const before = req.sessionID;
        req.session.regenerate((error) => {
          if (error) next(error);
          else res.json({ isNew: before !== req.sessionID });
        });
      });
      app.get('/out', (req, res) => req.session.destroy(() => res.sendStatus(204)));
    },
    check: async (client) => {
      expect((await client.request()).json).toEqual({ isNew: true });
      const out = await client.request('/out');
      expect([out.status, out.headers['set-cookie']]).toEqual([204, undefined]);
    },
  },
];

const cookieSessionCases: CompatibilityCase[] = [
  {
    title: 'keeps a signed session in cookies',
    mount: (app) => {
      app.use(cookieSession({ keys: ['a key'] }));
      app.get('/', (req, res) => {
        const counting = req.session as Counting;
        counting.visits = (counting.visits ?? 0) + 1;
        res.send(`visit ${counting.visits}`);
      });
    },
    check: async (client) => {
      const [first, second] = await visitTwice(client);
      expect([first.body, second.body]).toEqual(['visit 1', 'visit 2']);
      expect(first.headers['set-cookie']).toHaveLength(2);
    },
  },
  {
    title: 'adds its cookies to those of the app',
    mount: (app) => {
      app.use(cookieSession({ keys: ['a key'] }));
      app.get('/', (req, res) => {
        (req.session as Counting).visits = 1;
        res.cookie('mine', '1').appendHeader('set-cookie', 'other=2').end('done');
      });
    },
    check: async (client) => {
      const names = cookiesOf(await client.request()).match(/[\w.]+(?==)/g);
      expect(names).toEqual(expect.arrayContaining(['mine', 'other', 'session', 'session.sig']));
    },
  },
];

const cookieParserCases: CompatibilityCase[] = [
  {
    title: 'reads plain and signed cookies',
    mount: (app) => {
      app.use(cookieParser('a secret'));
      app.get('/', (req, res) => {
        res.cookie('plain', 'ä').cookie('safe', { a: 1 }, { signed: true });
        res.clearCookie('gone').json([req.cookies, req.signedCookies]);
      });
    },
    check: async (client) => {
      const [first, second] = await visitTwice(client);
      expect(first.headers['set-cookie']).toHaveLength(3);
      expect(second.json).toEqual([expect.objectContaining({ plain: 'ä' }), { safe: { a: 1 } }]);
    },
  },
  {
    title: 'reads cookies sent as several fields',
    mount: (app) => {
      app.use(cookieParser());
      app.get('/', (req, res) => void res.json(req.cookies));
    },
    request: { headers: { cookie: ['a=1', 'b=2'] } },
    reply: { json: { a: '1', b: '2' } },
  },
];

interface User {
  readonly id: string;
}

const mountLogin: CompatibilityCase['mount'] = (app, { express }) => {
  const authenticator = new passport.Passport();
  authenticator.use(
    new Strategy((username, password, done) =>
      done(null, password === 'right' && { id: username }),
    ),
  );
  authenticator.serializeUser((user, done) => done(null, (user as User).id));
  authenticator.deserializeUser((id: string, done) => done(null, { id }));
  app.use(newSession(), authenticator.initialize(), authenticator.session());
  app.post(
    '/login',
    express.urlencoded({ extended: false }),
    authenticator.authenticate('local', { successRedirect: '/' }),
  );
  app.get('/', (req, res) => {
    if (req.isAuthenticated()) res.send(`hello ${(req.user as User).id}`);
    else res.sendStatus(401);
  });
  app.get('/logout', (req, res, next) => {
    req.logout((error) => {
      if (error) next(error);
      else res.redirect('/');
    });
  });
};

const logIn = (client: TestClient, password: string, withLength = true) =>
  client.request({
    path: '/login',
    body: `username=ann&password=${password}`,
    withLength,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });

const passportCases: CompatibilityCase[] = [
  {
    title: 'logs a user in with passport-local and a session, and out again',
    mount: mountLogin,
    check: async (client) => {
      const login = await logIn(client, 'right', false);
      expect(login).toMatchObject({ status: 302, headers: { location: '/' } });
      const headers = { cookie: cookiesOf(login) };
      expect(await client.request({ headers })).toMatchObject({ status: 200, body: 'hello ann' });
      const logout = await client.request({ path: '/logout', headers });
      expect(logout.status).toBe(302);
      expect(await client.request({ headers })).toMatchObject({ status: 401 });
    },
  },
  {
    title: 'answers 401 to a wrong password',
    mount: mountLogin,
    check: async (client) => {
      expect(await logIn(client, 'wrong')).toMatchObject({ status: 401, body: 'Unauthorized' });
    },
  },
];

export const sessions: readonly CompatibilityGroup[] = [
  { package: 'express-session', cases: sessionCases },
  { package: 'cookie-session', cases: cookieSessionCases },
  { package: 'cookie-parser', cases: cookieParserCases },
  { package: 'passport', cases: passportCases },
];
