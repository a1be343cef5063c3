import { createServer } from 'node:http';
import express from 'express';
import { limiters } from './limiter-candidates';
import { serveMeasured } from './measured-server';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
const limiter = limiters[process.argv[2] ?? '']?.();
if (limiter !== undefined) app.use(limiter);
app.get('/', (_req, res) => void res.end('ok'));
serveMeasured(createServer(app));
