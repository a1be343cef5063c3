import zlib from 'node:zlib';
import { parseCompressionOptions } from '../../lib/compression/compression-options';
import { hasZstd } from './decode';

const quality = zlib.constants.BROTLI_PARAM_QUALITY;

describe('parseCompressionOptions()', () => {
  it.each([[undefined], [{}], [{ threshold: undefined, level: undefined }]])(
    'completes %j with the defaults of compression',
    (given) => {
      expect(parseCompressionOptions(given)).toMatchObject({
        thresholdBytes: 1024,
        level: { gzip: 6, deflate: 6 },
        enforceEncoding: 'identity',
        isAdaptive: true,
        maxFileBytes: 33554432,
        dictionaries: [],
        tellsTiming: false,
      });
    },
  );

  it.each([
    ['1kb', 1024],
    ['100', 100],
    [0, 0],
  ])('reads the threshold %j', (threshold, thresholdBytes) => {
    expect(parseCompressionOptions({ threshold }).thresholdBytes).toBe(thresholdBytes);
  });

  it('takes the levels from where compression has them', () => {
    const brotli = { params: { [quality]: 7 } };
    const { level } = parseCompressionOptions({ level: 2, brotli, zstd: { params: { 100: 9 } } });
    expect(level).toEqual({ gzip: 2, deflate: 2, br: 7, ...(hasZstd ? { zstd: 9 } : {}) });
  });

  it.each([
    [{ threshold: 'much' }, TypeError, /threshold must be a number of bytes/],
    [{ threshold: -1 }, TypeError, /threshold/],
    [{ filter: true }, TypeError, /filter must be a function/],
    [{ level: 10 }, RangeError, /level must be an integer from -1 to 9, got 10/],
    [{ memLevel: 0 }, RangeError, /memLevel/],
    [{ windowBits: 16 }, RangeError, /windowBits/],
    [{ strategy: 5 }, RangeError, /strategy/],
    [{ chunkSize: 1 }, RangeError, /chunkSize/],
    [{ brotli: [] }, TypeError, /brotli/],
    [{ enforceEncoding: 'bogus' }, TypeError, /enforceEncoding must be one of/],
    [{ maxFileBytes: -1 }, RangeError, /maxFileBytes/],
    [{ dictionaries: [{ match: 'js' }] }, TypeError, /dictionaries must be a list/],
    [{ dictionaries: [{ match: '/(a|b)' }] }, TypeError, /dictionaries/],
    [{ dictionaries: [{ match: '/*', matchDest: ['a"b'] }] }, TypeError, /dictionaries/],
    [{ dictionaries: [{ match: '/*', url: '/dictionary' }] }, TypeError, /dictionaries/],
    [{ tresholt: 1 }, TypeError, /unknown option 'tresholt'; did you mean threshold\?/],
  ])('refuses %j at the start', (given, type, message) => {
    expect(() => parseCompressionOptions(given)).toThrow(type);
    expect(() => parseCompressionOptions(given)).toThrow(message);
  });

  it('refuses what the compressors of Node refuse', () => {
    const given = { brotli: { params: { 999: 1 } } };
    expect(() => parseCompressionOptions(given)).toThrow('999 is not a valid Brotli parameter');
  });
});
