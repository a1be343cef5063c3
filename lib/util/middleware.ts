import type { IncomingMessage, ServerResponse } from 'node:http';

/** Continues with the next handler, or with the error handlers when given an error. */
export type Next = (error?: unknown) => void;

/** A Connect-style middleware: works in Express 4 and 5, in Connect and in anything alike. */
export type Middleware = (req: IncomingMessage, res: ServerResponse, next: Next) => void;
