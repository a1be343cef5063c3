import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request as Express leaves it; without Express the additions are missing. */
export interface LimitedRequest extends IncomingMessage {
  readonly ip?: string;
  readonly originalUrl?: string;
  readonly baseUrl?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly user?: unknown;
  readonly app?: { get?(setting: string): unknown };
}

/** A response as Express leaves it. */
export interface LimitedResponse extends ServerResponse {
  send?(body: unknown): unknown;
}
