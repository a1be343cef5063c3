import { pieceBytesFor } from '../../lib/multiplexing/piece-size';

test.each([
  { line: 'one that is not known', bytesPerMs: 0, pieceBytes: 16_384 },
  { line: 'slow 3G', bytesPerMs: 48, pieceBytes: 4096 },
  { line: 'cable', bytesPerMs: 600, pieceBytes: 4800 },
  { line: '4G', bytesPerMs: 1100, pieceBytes: 8800 },
  { line: 'fibre', bytesPerMs: 6000, pieceBytes: 16_384 },
  { line: 'a gigabit', bytesPerMs: 100_000, pieceBytes: 100_000 },
  { line: 'loopback', bytesPerMs: 1_000_000, pieceBytes: 1_000_000 },
])('is $pieceBytes bytes on $line', ({ bytesPerMs, pieceBytes }) => {
  expect(pieceBytesFor(bytesPerMs)).toBe(pieceBytes);
});
