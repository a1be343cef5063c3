import { AcceptedEncodings } from '../../lib/compression/accepted-encodings';

const server = new AcceptedEncodings(['br', 'zstd', 'gzip', 'deflate']);

describe('AcceptedEncodings', () => {
  it.each([
    ['gzip, deflate, br, zstd', ['br', 'zstd', 'gzip', 'deflate']],
    ['deflate, gzip', ['gzip', 'deflate']],
    ['gzip;q=1, br;q=0.3', ['gzip', 'br']],
    ['gzip;q=0.001', ['gzip']],
    ['GZIP', ['gzip']],
    ['*', ['br', 'zstd', 'gzip', 'deflate']],
    ['*;q=0.5, br;q=0', ['zstd', 'gzip', 'deflate']],
    ['identity, gzip;q=0.5', []],
    ['identity;q=0, gzip', ['gzip']],
    ['br;q=0', []],
    ['', []],
    ['gzip;q=2x, , ;;', ['gzip']],
    ['\0"', []],
  ])('ranks what %j accepts', (field, expected) => {
    expect(server.of(field)).toEqual(expected);
    expect(server.of(field)).toEqual(expected);
  });

  it('puts weights of the client before the order of the server', () => {
    const cheap = new AcceptedEncodings(['zstd', 'br']);
    expect(cheap.of('br, zstd')).toEqual(['zstd', 'br']);
    expect(cheap.of('br, zstd;q=0.9')).toEqual(['br', 'zstd']);
  });

  it('answers for thousands of different fields, long ones too', () => {
    for (let n = 0; n < 2000; n++) expect(server.of(`gzip, x-${n}`)).toEqual(['gzip']);
    expect(server.of(`${'x, '.repeat(3000)}gzip`)).toEqual(['gzip']);
  });
});
