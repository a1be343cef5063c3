import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/** Sends a process one line and waits for the line that answers it. */
export type Ask = (line: string) => Promise<string>;

/** A process that answers each line with one. */
export function lineDialogue({ stdin, stdout }: ChildProcess): Ask {
  if (stdin === null || stdout === null) throw new Error('the process cannot be spoken to');
  const lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
  return async (line) => {
    stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`the process ended at ${line}`);
    return value;
  };
}
