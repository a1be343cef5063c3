import { generateKeyPairSync } from 'node:crypto';
import express from 'express';
import { createSigner, createVerifier } from 'fast-jwt';
import { bearerToken, cookieToken, createServer, headstart, lazyAuth } from 'headstart';

interface User {
  readonly sub: string;
  readonly exp: number;
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const sign = createSigner({ key: privateKey, expiresIn: '1h' });
const verify = createVerifier({ key: publicKey });

/** One API for programs, which send a bearer token, and for pages, which have it in a cookie. */
export function createApp(): express.Express {
  const auth = lazyAuth<User>({
    schemes: [bearerToken(), cookieToken('__Host-token')],
    verify: (token) => verify(token) as User,
  });

  const app = express();
  app.use(headstart());
  app.use(auth);
  app.post('/login/:name', (req, res) => {
    const token = sign({ sub: req.params.name });
    res.cookie('__Host-token', token, { httpOnly: true, secure: true, sameSite: 'strict' });
    res.json({ token });
  });
  app.get('/', async (req, res) => {
    const user = await auth.of(req).user();
    res.send(`Hello ${user?.sub ?? 'stranger'}\n`);
  });
  app.get('/me', auth.requireAuth(), async (req, res) => {
    res.json((await auth.of(req).session())?.scheme);
  });
  return app;
}

if (require.main === module) {
  createServer(createApp()).listen(8443, () => console.log('https://localhost:8443/'));
}
