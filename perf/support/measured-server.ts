import type { AddressInfo, Server } from 'node:net';

/** What a server process has used since it started. */
export interface Usage {
  readonly cpuMicros: number;
  readonly peakRssBytes: number;
}

/** The child's side of `ServerProcess`: listens on loopback, and tells its port and its usage. */
export function serveMeasured(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port });
  });
  process.on('message', () => process.send?.(usage()));
  process.on('disconnect', () => process.exit());
}

function usage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuMicros: user + system, peakRssBytes: process.resourceUsage().maxRSS * 1024 };
}
