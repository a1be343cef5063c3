import express from 'express';
import { createServer, headstart } from 'headstart';

export const app = express();

app.use(headstart());
app.get('/', (req, res) => {
  res.send(`<!doctype html><title>Hello</title><h1>Hello over HTTP/${req.httpVersion}</h1>`);
});

if (require.main === module) {
  createServer(app).listen(8443, () => console.log('https://localhost:8443/'));
}
