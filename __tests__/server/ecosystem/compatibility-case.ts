import type { Application } from 'express';
import type { Express } from '../../support/express-versions';
import type { Journal } from '../../support/journal';
import type { Reply, Sent } from '../../support/test-client';
import type { TestServer, Transport } from '../../support/transports';

/** What a case gets to work with. */
export interface Stage {
  readonly express: Express;
  readonly expressMajor: 4 | 5;
  readonly transport: Transport;
  /** Shared by the app and the test. */
  readonly journal: Journal;
}

/** One thing that an app does and a client sees, whatever the transport and the copy of Express. */
export interface CompatibilityCase {
  /** Ends the sentence "[package] …" and stands in the docs. */
  readonly title: string;
  mount(app: Application, stage: Stage): void;
  /** @default a GET of `/` */
  readonly request?: Sent;
  /** What the answer to `request` must contain. */
  readonly reply?: Partial<Reply>;
  /** For what takes more than one request: called instead of sending `request`. */
  check?(server: TestServer, stage: Stage): Promise<void>;
  /** Frees what `mount` started, if anything. */
  cleanUp?(): Promise<void>;
  /** @default [5, 4] */
  readonly express?: readonly (4 | 5)[];
  /** @default every version */
  readonly httpVersion?: '1.1' | '2.0';
}

/** The cases of one package, or of one part of Express; a line of the table in the docs. */
export interface CompatibilityGroup {
  /** Name of an npm package; `express` for Express's own abilities. */
  readonly package: string;
  /** Which part of the package, where that needs saying. */
  readonly part?: string;
  readonly cases: readonly CompatibilityCase[];
}

/** Whether a case runs under a copy of Express and a version of HTTP. */
export function applies(
  { express = [5, 4], httpVersion }: CompatibilityCase,
  expressMajor: 4 | 5,
  ofTransport: '1.1' | '2.0',
): boolean {
  return express.includes(expressMajor) && (httpVersion ?? ofTransport) === ofTransport;
}
