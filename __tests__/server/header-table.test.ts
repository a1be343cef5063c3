import type { ServerResponse } from 'node:http';
import { overHttp2 } from '../../lib/server/over-http2';
import { transports } from '../support/transports';

const many = Array.from({ length: 30 }, (_, index) => `x-${index}`);

/** Node's HTTP/1.1 client would not show the first of them. */
const names = ['__proto__', 'constructor', 'x-b', ...many, 'x-a'];

const overTwo = transports.filter(({ name }) => /^HTTP\/2|h2c/.test(name));

describe.each(overTwo)('headers over $name', (transport) => {
  it('arrive in their order, whatever their names are', async () => {
    const server = await transport.serve(
      overHttp2((_req: unknown, res: ServerResponse) => {
        for (const name of names) res.setHeader(name, `it is ${name}`);
        res.end('done');
      }),
    );
    const { headers } = await server.request('/');
    await server.close();
    const own = Object.entries(headers).filter(([name]) => names.includes(name));
    expect(own).toEqual(names.map((name) => [name, `it is ${name}`]));
  });
});
