import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';
import type { Request, Response } from 'express';
import { overHttp2 } from '../../lib/server/over-http2';
import { expressVersions } from '../support/express-versions';
import { transports } from '../support/transports';

setFlagsFromString('--allow-natives-syntax');
const haveSameClass = runInThisContext('(a, b) => %HaveSameMap(a, b)') as (
  a: object,
  b: object,
) => boolean;

describe.each(expressVersions)('requests and responses of Express %i over h2c', (_, express) => {
  it('are of one hidden class when they reach the handler', async () => {
    let held: readonly [Request, Response] | undefined;
    const app = express();
    app.get('/early/:id', (_req, res) => void res.end());
    app.get('/:id', (req, res) => {
      if (held === undefined) {
        held = [req, res];
        return;
      }
      const facts = [haveSameClass(req, held[0]), haveSameClass(res, held[1])];
      held[1].end();
      res.json(facts);
    });
    const server = await transports[1]?.serve(overHttp2(app));
    // From the first ones it is learned what the router sets.
    for (let i = 0; i < 10; i++) await server?.request(`/early/${i}`);
    const replies = await Promise.all([server?.request('/a'), server?.request('/b')]);
    expect(replies.map((reply) => reply?.body)).toEqual(['', '[true,true]']);
    await server?.close();
  });
});
