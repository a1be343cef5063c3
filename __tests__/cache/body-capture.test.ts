import { BodyCapture } from '../../lib/cache/body-capture';
import type { BodySink, Chunk } from '../../lib/response/body-stage';

function capture(maxBytes = 100) {
  const passed: unknown[] = [];
  const told: unknown[] = [];
  const sink: BodySink = {
    write: (chunk: Chunk, encoding) => {
      passed.push([chunk, encoding]);
      return passed.length % 2 === 0;
    },
    end: (chunk, encoding) => void passed.push(['end', chunk, encoding]),
  };
  const stage = new BodyCapture(sink, maxBytes, {
    complete: (body) => void told.push(body),
    lost: (why) => void told.push(why),
  });
  return { stage, passed, told };
}

describe('BodyCapture', () => {
  it('passes every chunk as it came, and what the next says of its room', () => {
    const { stage, passed } = capture();
    const bytes = Buffer.from('b');
    expect([stage.write('a', 'latin1'), stage.write(bytes)]).toEqual([false, true]);
    stage.end('c');
    expect(passed).toEqual([
      ['a', 'latin1'],
      [bytes, undefined],
      ['end', 'c', undefined],
    ]);
    expect(stage.heldBytes).toBe(0);
  });

  it('keeps a copy of its own', () => {
    const { stage, told } = capture();
    const bytes = Buffer.from('before');
    stage.write(bytes);
    bytes.fill('x');
    stage.write('ff', 'hex');
    stage.end();
    expect(told).toEqual([Buffer.concat([Buffer.from('before'), Buffer.from([255])])]);
    expect((told[0] as Buffer).buffer.byteLength).toBe(7);
  });

  it('gives up once there is too much, without holding anything up', () => {
    const { stage, passed, told } = capture(3);
    stage.write('ab');
    stage.write('cd');
    stage.end('ef');
    expect(told).toEqual(['too-large']);
    expect(passed).toHaveLength(3);
  });

  it('tells of a client that left, once', () => {
    const { stage, told } = capture();
    stage.write('ab');
    stage.abandon();
    stage.abandon();
    stage.end();
    expect(told).toEqual(['aborted']);
  });

  it('says nothing after it was stopped, nor when a whole body is abandoned', () => {
    const { stage, told } = capture();
    stage.stop();
    stage.end('a');
    const other = capture();
    other.stage.end('a');
    other.stage.abandon();
    expect([told, other.told]).toEqual([[], [Buffer.from('a')]]);
  });
});
