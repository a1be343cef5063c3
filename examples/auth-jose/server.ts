import express from 'express';
import { createServer, headstart, lazyAuth } from 'headstart';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet, JWTPayload } from 'jose';

/** The tokens of an identity provider, verified by `jose` with its public keys. */
export const issuer = 'https://id.example/';
export const audience = 'https://api.example/';

/**
 * @param keySet Gives the keys as they are now; in production `createRemoteJWKSet(url)` fetches
 * them. When it gives another set, sessions of the old keys are forgotten.
 */
export function createApp(keySet: () => JSONWebKeySet): express.Express {
  const auth = lazyAuth<JWTPayload>({
    realm: 'orders',
    async verify(token) {
      const keys = createLocalJWKSet(keySet());
      const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ['ES256'] });
      return payload;
    },
    keyVersion: keySet,
  });

  const app = express();
  app.use(headstart());
  app.use(auth);
  app.get('/', (_req, res) => void res.send('Anyone may read this.\n'));
  app.get('/orders', auth.requireScope('orders:read'), async (req, res) => {
    const user = await auth.of(req).user();
    res.json({ customer: user?.sub, orders: ['tea', 'cups'] });
  });
  app.delete('/orders', auth.requireScope('orders:write'), (_req, res) => void res.sendStatus(204));
  return app;
}

if (require.main === module) {
  const keys: JSONWebKeySet = { keys: [] };
  createServer(createApp(() => keys)).listen(8443, () => console.log('https://localhost:8443/'));
}
