import { execFile } from 'node:child_process';

/**
 * Runs a command line client and returns what it printed.
 *
 * @param debianPackage Named in the error when the tool is not installed.
 */
export function runTool(
  command: string,
  args: readonly string[],
  debianPackage: string,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { encoding: 'buffer', maxBuffer: 2 ** 26, timeout: 15_000 } as const;
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        reject(
          new Error(`${command} is missing; on Debian: apt-get install ${debianPackage}`, {
            cause: error,
          }),
        );
      } else reject(new Error(`${error.message}\n${stderr.toString()}`, { cause: error }));
    });
  });
}
