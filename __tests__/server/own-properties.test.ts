import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

it('lets all requests and all responses have one hidden class, before and after a file was sent or middleware added to them', async () => {
  const program = join(__dirname, 'hidden-classes.ts');
  const args = ['--allow-natives-syntax', '--import', 'tsx', program];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const [express5, express4] = JSON.parse(stdout) as unknown[];
  expect({ express5, express4 }).toEqual({
    express5: [true, true, true],
    express4: [true, true, true],
  });
}, 20_000);
