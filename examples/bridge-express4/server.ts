import express from 'express4';
import http2Express from 'http2-express-bridge';
import { createServer, headstart } from 'headstart';

/** An Express 4 app that `http2-express-bridge` has already taught HTTP/2. Nothing in it changes. */
export function createApp(): ReturnType<typeof http2Express> {
  const app = http2Express(express);
  app.use(headstart());
  app.use(express.json());

  app.get('/', (req, res) => {
    res.send(`<!doctype html><title>Hello</title><h1>Hello over HTTP/${req.httpVersion}</h1>`);
  });
  app.post('/echo', (req, res) => {
    res.json(req.body);
  });
  return app;
}

if (require.main === module) {
  createServer(createApp()).listen(8443, () => console.log('https://localhost:8443/'));
}
