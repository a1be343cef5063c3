import { gunzipSync, gzipSync } from 'node:zlib';
import { padGzip } from '../../lib/compression/padded-gzip';

const body = Buffer.from('tea '.repeat(300));
const member = gzipSync(body);

describe('padGzip()', () => {
  it('adds 1 to 256 bytes that decoders pass over', () => {
    const added = Array.from({ length: 2000 }, () => {
      const padded = padGzip(member);
      expect(gunzipSync(padded).equals(body)).toBe(true);
      return padded.length - member.length;
    });
    expect(Math.min(...added)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...added)).toBeLessThanOrEqual(256);
    expect(new Set(added).size).toBeGreaterThan(200);
  });

  it('does with the head alone, as a stream gives it first', () => {
    const padded = Buffer.concat([padGzip(member.subarray(0, 10)), member.subarray(10)]);
    expect(gunzipSync(padded).equals(body)).toBe(true);
  });

  it('does not change the bytes that it is given', () => {
    padGzip(member);
    expect(gunzipSync(member).equals(body)).toBe(true);
  });
});
