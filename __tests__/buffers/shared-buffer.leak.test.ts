import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { SharedBuffer } from '../../lib/buffers/shared-buffer';
import type { Failure } from '../../lib/util/diagnostics';
import { nextOf } from './turns';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

const mostRounds = 50;

let failures: Failure[];

/** Other test files of this process drop whole caches, and their bodies are reported whenever: ours have sizes of their own. */
const note = (message: unknown): void => {
  const failure = message as Failure;
  if (/ 9001\d\d bytes /.test(String(failure.error))) failures.push(failure);
};

beforeEach(() => {
  failures = [];
  subscribe('headstart:failure', note);
});
afterEach(() => {
  unsubscribe('headstart:failure', note);
});

/** Collects garbage until so many failures came, at most 50 times. */
async function collectUntil(count: number): Promise<void> {
  for (let round = 0; round < mostRounds && failures.length < count; round++) {
    collectGarbage();
    await nextOf('immediate');
  }
}

function messages(): string[] {
  return failures.map(({ error }) => (error as Error).message).toSorted();
}

/** A function of its own, so that no variable of the test holds the buffer. */
function leak(bytes: number, retained = 0): void {
  const shared = SharedBuffer.from(Buffer.alloc(bytes));
  for (let i = 0; i < retained; i++) shared.retain();
}

describe('SharedBuffer that was dropped', () => {
  it('with references held is reported once, with its size and its references', async () => {
    leak(900_123, 1);
    await collectUntil(1);
    const error = expect.objectContaining({
      code: 'ERR_BUFFER_LEAKED',
      message: 'a shared buffer of 900123 bytes was dropped with 2 references held',
    });
    expect(failures).toEqual([{ part: 'SharedBuffer', error }]);
  });

  it('after its last release is not reported', async () => {
    (() => {
      const shared = SharedBuffer.from(Buffer.alloc(900_111));
      shared.slice(1).release();
      shared.retain().release();
      shared.release();
      SharedBuffer.from(Buffer.alloc(900_112)).discard();
    })();
    // Made later: once this one was found, so were those.
    leak(900_113);
    await collectUntil(1);
    expect(messages()).toEqual([
      'a shared buffer of 900113 bytes was dropped with 1 references held',
    ]);
  });

  it('as a slice is reported with the buffer that it kept', async () => {
    (() => {
      const shared = SharedBuffer.from(Buffer.alloc(900_121));
      shared.slice(0, 900_120);
      shared.release();
    })();
    await collectUntil(2);
    expect(messages()).toEqual([
      'a shared buffer of 900120 bytes was dropped with 1 references held',
      'a shared buffer of 900121 bytes was dropped with 1 references held',
    ]);
  });

  it('is not reported while someone can still release it', async () => {
    const shared = SharedBuffer.from(Buffer.alloc(900_131));
    leak(900_132);
    await collectUntil(1);
    expect(messages()).toEqual([
      'a shared buffer of 900132 bytes was dropped with 1 references held',
    ]);
    shared.release();
  });
});
