import { carriesSecrets } from '../../lib/compression/carries-secrets';
import { dynamicCompression } from '../../lib/compression/dynamic-compression';
import { transports } from '../support/transports';
import { html, listener, page } from './app';
import { decode } from './decode';

describe.each(transports)('carriesSecrets() over $name', (transport) => {
  const lengthsOf = async (guard: 'skip' | 'pad', encoding: string, inPieces = false) => {
    const first = dynamicCompression({ adaptive: false });
    const server = await transport.serve(
      listener([first, carriesSecrets({ guard })], (_req, res) => {
        html(res);
        if (inPieces) {
          res.write(page.slice(0, 5000));
          setImmediate(() => res.end(page.slice(5000)));
        } else res.end(page);
      }),
    );
    const lengths = new Set<number>();
    for (let n = 0; n < 20; n++) {
      const reply = await server.request({ headers: { 'accept-encoding': encoding } });
      expect(decode(reply)).toBe(page);
      expect(reply.headers.vary).toBe('Accept-Encoding');
      lengths.add(reply.bytes.length);
    }
    await server.close();
    return { lengths: [...lengths], stats: first.stats };
  };

  it('keeps marked responses from being compressed', async () => {
    const { lengths, stats } = await lengthsOf('skip', 'gzip, br');
    expect(lengths).toEqual([page.length]);
    expect(stats.responses).toEqual({});
  });

  it.each([false, true])('hides their length when padded, in pieces: %s', async (inPieces) => {
    const { lengths, stats } = await lengthsOf('pad', 'br, gzip', inPieces);
    expect(stats.responses).toEqual({ gzip: 20 });
    expect(lengths.length).toBeGreaterThan(10);
    expect(Math.max(...lengths)).toBeLessThan(page.length / 5);
  });

  it('does not compress what should be padded for a client without gzip', async () => {
    const { lengths } = await lengthsOf('pad', 'br');
    expect(lengths).toEqual([page.length]);
  });
});

describe('carriesSecrets()', () => {
  it('refuses unknown guards and to be mounted without being called', () => {
    expect(() => carriesSecrets({ guard: 'hide' as 'pad' })).toThrow(/guard must be one of/);
    expect(() => carriesSecrets({ headers: {}, method: 'GET' } as never)).toThrow(/is a factory/);
  });
});
