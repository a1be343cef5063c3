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

  it('still are after a file was sent, which has more properties set on them', async () => {
    const ended: (readonly [Request, Response])[] = [];
    const app = express();
    app.use((req, res, next) => {
      res.on('close', () => ended.push([req, res]));
      next();
    });
    app.use(express.static(__dirname));
    const server = await transports[1]?.serve(overHttp2(app));
    for (let i = 0; i < 10; i++) await server?.request('/own-properties.test.ts');
    await server?.close();
    const [[req, res] = [], [otherReq, otherRes] = []] = ended.slice(-2);
    expect(ended).toHaveLength(10);
    expect(haveSameClass(req as Request, otherReq as Request)).toBe(true);
    expect(haveSameClass(res as Response, otherRes as Response)).toBe(true);
  });
});
