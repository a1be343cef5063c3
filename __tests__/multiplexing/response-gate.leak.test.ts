import { setImmediate as immediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { ResponseGate } from '../../lib/multiplexing/response-gate';
import { FakeSession, type FakeResponse } from './gated-response';

setFlagsFromString('--expose_gc');
const collectGarbage = runInNewContext('gc') as () => void;

const mostRounds = 50;

/** A function of its own, so that no variable of the test holds the response. */
function closedResponse(): { gate: ResponseGate; response: WeakRef<FakeResponse> } {
  const response = new FakeSession().response(1);
  const { gate } = response;
  gate.write(Buffer.alloc(100));
  gate.end(Buffer.alloc(100_000));
  gate.abandon();
  return { gate, response: new WeakRef(response) };
}

test('does not keep a response that closed, whoever still knows the gate', async () => {
  const { gate, response } = closedResponse();
  for (let round = 0; round < mostRounds && response.deref() !== undefined; round++) {
    await immediate();
    collectGarbage();
  }
  expect(response.deref()).toBeUndefined();
  expect(gate.heldBytes).toBe(0);
});
