import type { KeyObject } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { expressjwt } from 'express-jwt';
import { jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { lazyAuth } from 'headstart';
import type { Middleware } from 'headstart';
import { audience, issuer, verifyingKey } from './auth-keys';
import type { Algorithm } from './auth-keys';

/** Middleware that verifies a token, as each package documents it, with the same checks. */
export const guards: Record<string, (algorithm: Algorithm, verifier: string) => Middleware> = {
  ours: (algorithm, verifier) => ourAuth(algorithm, verifier).requireAuth(),
  jose: bareJose,
  'express-jwt': (algorithm, verifier) =>
    expressjwt({
      secret: verifyingKey(algorithm, verifier),
      algorithms: [algorithm],
      issuer,
      audience,
    }) as unknown as Middleware,
  oauth2: oauth2JwtBearer,
};

/** Who a rival says it is; the answer names the user, so that all of them must have verified. */
export type AuthenticatedRequest = IncomingMessage & {
  auth?: {
    readonly sub?: string;
    readonly payload?: JWTPayload;
    user?(): Promise<{ readonly sub?: string } | undefined>;
  };
};

const verifier = (algorithm: Algorithm, key: KeyObject) => async (token: string) => {
  const { payload } = await jwtVerify(token, key, { algorithms: [algorithm], issuer, audience });
  return payload;
};

export function ourAuth(algorithm: Algorithm, text: string) {
  return lazyAuth({ verify: verifier(algorithm, verifyingKey(algorithm, text)) });
}

function bareJose(algorithm: Algorithm, text: string): Middleware {
  const verify = verifier(algorithm, verifyingKey(algorithm, text));
  return function joseMiddleware(req: AuthenticatedRequest, res, next) {
    const proceed = (payload: JWTPayload) => {
      req.auth = payload;
      next();
    };
    const refuse = () => {
      res.statusCode = 401;
      res.end();
    };
    verify(req.headers.authorization?.slice('Bearer '.length) ?? '').then(proceed, refuse);
  };
}

/**
 * Loaded by name: its types declare `req.auth` for every file of this project. It uses what
 * Express adds to requests; without Express it gets just that.
 */
function oauth2JwtBearer(algorithm: Algorithm, text: string): Middleware {
  const { auth } = require('express-oauth2-jwt-bearer') as {
    auth: (options: object) => Middleware;
  };
  const key = algorithm === 'HS256' ? { secret: text } : { publicKey: text };
  const verify = auth({ ...key, issuer, audience, tokenSigningAlg: algorithm });
  return function oauth2Middleware(req: IncomingMessage & { get?: unknown }, res, next) {
    if (req.get === undefined) {
      const { host = req.headers[':authority'] } = req.headers;
      const get = (name: string) => (name === 'Host' ? host : undefined);
      Object.assign(req, { get, is: () => false, query: {} });
    }
    verify(req, res, next);
  };
}
