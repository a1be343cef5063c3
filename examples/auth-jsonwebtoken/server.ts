import { randomBytes, randomUUID } from 'node:crypto';
import express from 'express';
import { createServer, headstart, lazyAuth } from 'headstart';
import jwt from 'jsonwebtoken';
import type { JwtPayload } from 'jsonwebtoken';

const secret = randomBytes(32);

/** An app that issues its own tokens with `jsonwebtoken`, and takes them back. */
export function createApp(): express.Express {
  const auth = lazyAuth({
    verify: (token) => jwt.verify(token, secret, { algorithms: ['HS256'] }) as JwtPayload,
  });

  const app = express();
  app.use(headstart());
  app.use(auth, express.json());
  app.post('/login', (req, res) => {
    const { name, password } = req.body as { name?: string; password?: string };
    if (name === undefined || password !== 'open sesame') {
      res.sendStatus(401);
      return;
    }
    const options = { subject: name, jwtid: randomUUID(), expiresIn: '1h' } as const;
    res.json({ token: jwt.sign({}, secret, options) });
  });
  app.get('/me', auth.requireAuth(), async (req, res) => {
    res.json({ name: (await auth.of(req).user())?.sub });
  });
  app.post('/logout', async (req, res) => {
    await auth.of(req).revoke();
    res.sendStatus(204);
  });
  app.post('/logout-everywhere', auth.requireAuth(), async (req, res) => {
    const subject = (await auth.of(req).session())?.subject;
    if (subject !== undefined) await auth.revoke({ subject });
    res.sendStatus(204);
  });
  return app;
}

if (require.main === module) {
  createServer(createApp()).listen(8443, () => console.log('https://localhost:8443/me'));
}
