import { serverPush } from '../../lib/delivery/server-push';
import { ServerPushManager } from '../../lib/delivery/server-push-manager';
import type { ServerPushOptions } from '../../lib/delivery/server-push-options';

describe('serverPush', () => {
  it.each([undefined, {}, { maxLinks: undefined }])('takes %j for its defaults', (options) => {
    const middleware = serverPush(options as ServerPushOptions);
    expect(middleware.name).toBe('serverPushMiddleware');
    expect(middleware.manager).toBeInstanceOf(ServerPushManager);
  });

  it('says so when app.use got the factory itself', () => {
    const request = { method: 'GET', headers: {} };
    expect(() => serverPush(request as ServerPushOptions)).toThrow(
      expect.objectContaining({ code: 'ERR_NOT_CALLED' }),
    );
  });

  it.each([
    [{ maxLinks: 0 }, RangeError, 'serverPush: maxLinks must be an integer from 1 to 32, got 0'],
    [{ minConfidence: 2 }, RangeError, 'minConfidence must be a number from 0 to 1, got 2'],
    [{ push: 1 }, TypeError, 'push must be a boolean, got 1'],
    [{ unsafePaths: ['bye'] }, TypeError, 'unsafePaths must be an array of paths'],
    [{ predictor: {} }, TypeError, 'predictor must be'],
    [{ rules: [{ route: 'x', resources: [] }] }, TypeError, 'rules[0].route'],
    [{ earlyhints: true }, TypeError, 'did you mean earlyHints?'],
  ])('refuses %j', (options, kind, message) => {
    const make = () => serverPush(options as unknown as ServerPushOptions);
    expect(make).toThrow(kind);
    expect(make).toThrow(message);
  });
});
