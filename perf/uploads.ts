import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { createRequire } from 'node:module';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeMachine } from './support/machine';
import { median } from './support/statistics';
import { printTable } from './support/table';

/**
 * How much of a line an upload gets: 20 MB at 100 ms and 50 Mbit/s, to `multiplexing()`, to plain
 * Node, and over bare TCP, which is the limit: it pays for the kernel's slow start too, whose share
 * is less where more is sent. Needs netlab and root.
 *
 *     npm run build && node --import tsx perf/uploads.ts --megabytes 80 --servers tcp,ours
 */
const netlab = join(__dirname, '..', '..', 'shared', 'netlab');

const { values, positionals } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '20' },
    runs: { type: 'string', default: '5' },
    servers: { type: 'string', default: 'tcp,ours,plain' },
  },
  allowPositionals: true,
});

const uploadBytes = 1_000_000 * Number(values.megabytes);
const runs = Number(values.runs);
const port = 8443;
const host = '10.77.0.1';

const servers = values.servers.split(',');

/** The part of netlab's wrapper that is used here. */
interface Lab {
  spawn(side: string, command: string, args: string[], options: object): unknown;
  waitForPort(port: number): Promise<void>;
  exec(side: string, command: string, args: string[]): Promise<{ code: number; stdout: string }>;
  down(): void;
}

/** Takes everything and answers one byte when all has come. */
function serveTcp(): void {
  const take = (socket: Socket) => {
    let bytes = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.byteLength;
      if (bytes === uploadBytes) socket.end('.');
    });
  };
  createServer(take).listen(port);
}

async function uploadOverTcp(): Promise<number> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  const startMs = performance.now();
  socket.write(Buffer.alloc(uploadBytes));
  await once(socket, 'data');
  const ms = performance.now() - startMs;
  socket.destroy();
  return ms;
}

async function uploadOverHttp2(): Promise<number> {
  const client = connectHttp2(`https://${host}:${port}`, { rejectUnauthorized: false });
  await once(client, 'remoteSettings');
  const startMs = performance.now();
  const stream = client.request({ ':path': '/upload', ':method': 'POST' });
  stream.end(Buffer.alloc(uploadBytes));
  const [headers] = (await once(stream, 'response')) as [{ ':status'?: number }];
  if (headers[':status'] !== 200) throw new Error(`status ${headers[':status']}`);
  const ms = performance.now() - startMs;
  client.destroy();
  return ms;
}

async function measure(kind: string, work: string): Promise<number> {
  const load = createRequire(__filename);
  const { NetLab } = load(join(netlab, 'netlab.cjs')) as {
    NetLab: { up(options: object): Lab };
  };
  const { makeCertificate } = load(join(netlab, 'anchors', 'servers.cjs')) as {
    makeCertificate(folder: string): { cert: string; key: string };
  };
  const { cert, key } = makeCertificate(work);
  const size = ['--megabytes', values.megabytes];
  const lab = NetLab.up({ rtt: '100ms', down: '50mbit', up: '50mbit', queueUp: '1250kB' });
  try {
    const script = kind === 'tcp' ? __filename : join(__dirname, 'priority-server.ts');
    const env = { ...process.env, CERT: cert, KEY: key, PORT: String(port), DOCROOT: work };
    lab.spawn('server', process.execPath, ['--import', 'tsx', script, kind, ...size], { env });
    await lab.waitForPort(port);
    const args = ['--import', 'tsx', __filename, 'client', kind, ...size];
    const { code, stdout } = await lab.exec('client', process.execPath, args);
    if (code !== 0) throw new Error(`the upload failed: ${stdout}`);
    return (uploadBytes * 8) / 1000 / Number(stdout);
  } finally {
    lab.down();
  }
}

async function compare(): Promise<void> {
  if (!existsSync(netlab)) {
    console.log('netlab is not here; see ../shared/netlab of the project.');
    return;
  }
  const work = mkdtempSync(join(tmpdir(), 'uploads-'));
  const rates = new Map<string, number[]>(servers.map((kind) => [kind, []]));
  try {
    for (let run = 0; run < runs; run++) {
      for (const kind of servers) rates.get(kind)?.push(await measure(kind, work));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  console.log(`${describeMachine()}; ${values.megabytes} MB, 100 ms, 50 Mbit/s; ${runs} runs`);
  const rows = [...rates].map(([kind, all]) => {
    const range = `${Math.min(...all).toFixed(1)}-${Math.max(...all).toFixed(1)}`;
    return [kind, median(all).toFixed(1), range];
  });
  printTable(['server', 'Mbit/s', 'range'], rows);
}

async function main([role, kind]: readonly string[]): Promise<void> {
  if (role === 'tcp') serveTcp();
  else if (role !== 'client') await compare();
  else console.log(await (kind === 'tcp' ? uploadOverTcp() : uploadOverHttp2()));
}

void main(positionals);
