import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { refuseUncalled } from '../../lib/util/called';

describe('refuseUncalled', () => {
  it('names the factory that was handed to app.use without being called', () => {
    const request = new IncomingMessage(new Socket());
    expect(() => refuseUncalled('zeroCopy', request)).toThrow(
      expect.objectContaining({
        code: 'ERR_NOT_CALLED',
        message: 'zeroCopy is a factory: write app.use(zeroCopy()), not app.use(zeroCopy)',
      }),
    );
  });

  it.each([[undefined], [null], [{}], [{ headers: {} }], ['GET']])(
    'lets %p pass, for the option parser to judge',
    (value) => {
      expect(() => refuseUncalled('zeroCopy', value)).not.toThrow();
    },
  );
});
