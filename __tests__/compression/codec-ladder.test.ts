import zlib from 'node:zlib';
import { codecLadder } from '../../lib/compression/codec-ladder';
import type { CodecSettings } from '../../lib/compression/codec-ladder';
import { hasZstd } from './decode';

const settings: CodecSettings = { coder: { br: {}, zstd: {}, gzip: {}, deflate: {} }, level: {} };

const levels = (given: Partial<CodecSettings> = {}) =>
  codecLadder({ ...settings, ...given }).map(({ codecs }) =>
    Object.fromEntries(Object.entries(codecs).map(([name, { level }]) => [name, level])),
  );

const zstd = (level: number) => (hasZstd ? { zstd: level } : {});

describe('codecLadder()', () => {
  it('has the levels of compression at the top, cheaper ones below, and none at the bottom', () => {
    expect(levels()).toEqual([
      { br: 4, gzip: 6, deflate: 6, ...zstd(3) },
      { br: 3, gzip: 3, deflate: 3, ...zstd(3) },
      { br: 1, gzip: 1, deflate: 1, ...zstd(1) },
      {},
    ]);
  });

  it('prefers br at the top, and zstd below', () => {
    const orders = codecLadder(settings).map(({ order }) => order[0]);
    const cheap = hasZstd ? 'zstd' : 'br';
    expect(orders).toEqual(['br', cheap, cheap, undefined]);
  });

  it('takes the levels that were asked for at the top, and never higher ones below', () => {
    const [top, light, fast] = levels({ level: { gzip: 2, br: 11 } });
    expect(top).toMatchObject({ gzip: 2, br: 11 });
    expect(light).toMatchObject({ gzip: 2, br: 3 });
    expect(fast).toMatchObject({ gzip: 1, br: 1 });
  });

  it('makes bodies of the format that it names, with the options of the caller', () => {
    const mode = { [zlib.constants.BROTLI_PARAM_MODE]: zlib.constants.BROTLI_MODE_TEXT };
    const coder = { ...settings.coder, br: { params: mode } };
    const [top] = codecLadder({ ...settings, coder });
    const body = Buffer.from('tea '.repeat(1000));
    const brotli = top?.codecs.br?.compressSync(body);
    expect(zlib.brotliDecompressSync(brotli ?? body)).toEqual(body);
  });
});
