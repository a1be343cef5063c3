import { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, Response } from 'express';
import { createServer } from '../../lib/server/create-server';
import { Http2Response } from '../../lib/server/http2-response';
import { messageClasses } from '../../lib/server/message-classes';
import { overHttp2 } from '../../lib/server/over-http2';
import { expressVersions } from '../support/express-versions';
import { transports } from '../support/transports';

describe.each(expressVersions)('Express %s', (_version, express) => {
  it('finds the prototypes of its app on requests and responses as they come', () => {
    const app = express();
    const { request, response } = app;
    const { Http2ServerRequest, Http2ServerResponse } = messageClasses(app);
    expect(app.request).toBe(Http2ServerRequest.prototype);
    expect(app.response).toBe(Http2ServerResponse.prototype);
    expect(Object.getPrototypeOf(app.request)).toBe(request);
    expect(Object.getPrototypeOf(app.response)).toBe(response);
    expect(Object.keys(app.response)).toEqual([]);
    expect(Object.hasOwn(app.response, 'constructor')).toBe(false);
  });

  it('has one pair of classes, however many servers it has', () => {
    const app = express();
    const first = messageClasses(app);
    createServer(app, { tls: false });
    expect(messageClasses(app)).toBe(first);
  });

  it.each(transports)('answers as before over $name', async (transport) => {
    const app = express();
    app.get('/', (req: Request, res: Response) => {
      res.json([req instanceof IncomingMessage, res instanceof ServerResponse, res.app === app]);
    });
    app.get('/later', (_req: Request, res: Response) => {
      res.json((res as Response & { later?: boolean }).later);
    });
    const server = await transport.serve(overHttp2(app), messageClasses(app));
    Object.assign(app.response, { later: true });
    expect((await server.request('/')).json).toEqual([true, true, true]);
    expect((await server.request('/later')).json).toBe(true);
    await server.close();
  });
});

it.each([
  ['a listener', () => {}],
  ['an app that http2-express-bridge wrapped', wrapped()],
])('leaves %s with the plain classes', (_name, app) => {
  expect(messageClasses(app).Http2ServerResponse).toBe(Http2Response);
});

function wrapped(): unknown {
  return Object.assign(() => {}, { request: {}, response: {}, http2Response: {} });
}
