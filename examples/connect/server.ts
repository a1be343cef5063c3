import connect from 'connect';
import { createServer, headstart } from 'headstart';

/** Without Express: Connect, and nothing but Node's own request and response. */
export function createApp(): connect.Server {
  const app = connect();
  app.use(headstart());
  app.use('/hello', (req, res) => {
    res.setHeader('Content-Type', 'text/plain; charset=utf-8');
    res.end(`Hello over HTTP/${req.httpVersion}\n`);
  });
  return app;
}

if (require.main === module) {
  createServer(createApp()).listen(8443, () => console.log('https://localhost:8443/hello'));
}
