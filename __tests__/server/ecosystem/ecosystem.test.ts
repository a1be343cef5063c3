import { messageClasses } from '../../../lib/server/message-classes';
import { overHttp2 } from '../../../lib/server/over-http2';
import { expressVersions } from '../../support/express-versions';
import { Journal } from '../../support/journal';
import { collectWarnings } from '../../support/process-warnings';
import type { Reply } from '../../support/test-client';
import { transports } from '../../support/transports';
import { areas } from './areas';
import { applies } from './compatibility-case';
import type { CompatibilityCase, Stage } from './compatibility-case';

const collected = collectWarnings();

afterAll(() => collected.stop());

/** @returns the reply to the request of the case, or nothing when the case has its own check. */
async function run(testCase: CompatibilityCase, stage: Stage): Promise<Partial<Reply>> {
  const app = stage.express();
  app.set('env', 'test');
  testCase.mount(app, stage);
  const server = await stage.transport.serve(overHttp2(app), messageClasses(app));
  try {
    if (testCase.check === undefined) return await server.request(testCase.request);
    await testCase.check(server, stage);
    return {};
  } finally {
    await server.close();
    await testCase.cleanUp?.();
  }
}

describe.each(expressVersions)('Express %d', (expressMajor, express) => {
  describe.each(transports)('over $name', (transport) => {
    const { httpVersion } = transport;
    for (const { package: name, part = name, cases } of areas) {
      for (const testCase of cases.filter((one) => applies(one, expressMajor, httpVersion))) {
        test(`${part}: ${testCase.title}`, async () => {
          const stage = { express, expressMajor, transport, journal: new Journal() };
          expect(await run(testCase, stage)).toMatchObject(testCase.reply ?? {});
        }, 5_000);
      }
    }
  });
});

/** `util._extend`, which http-proxy calls below http-proxy-middleware, over HTTP/1.1 too. */
const warningsOfOthers = new Set(['DEP0060']);

test('no warning of the process came up on the way', () => {
  const ours = collected.warnings.filter(({ code = '' }) => !warningsOfOthers.has(code));
  expect(ours.map(String)).toEqual([]);
});
