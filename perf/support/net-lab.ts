import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

/** A slow network in a box, with a server side and a client side. */
export interface NetLab {
  readonly serverIp: string;
  spawn(
    side: 'server' | 'client',
    command: string,
    args: readonly string[],
    options?: SpawnOptions,
  ): ChildProcess;
  waitForPort(port: number, timeoutMs?: number): Promise<void>;
  down(): void;
}

interface NetLabClass {
  unavailable(): string | null;
  up(options: { readonly profile: string }): NetLab;
}

const file = resolve(
  process.env.SHARED ?? join(__dirname, '..', '..', '..', 'shared'),
  'netlab',
  'netlab.cjs',
);

/** netlab, beside the project unless `SHARED` names its folder, or why it cannot be used here. */
export function loadNetLab(): NetLabClass | string {
  if (!existsSync(file)) return 'netlab is not here';
  const { NetLab } = createRequire(__filename)(file) as { NetLab: NetLabClass };
  return NetLab.unavailable() ?? NetLab;
}
