import { connect } from 'node:http2';
import type { ClientHttp2Stream } from 'node:http2';

/**
 * A process of slow readers: `node buffers-slow-client.ts <url> <sessions> <streams per session>`.
 * Each stream takes 32 KiB every 200 ms. Ends with the number of bytes that came.
 */
const [, , url = '', sessions = '100', streams = '5'] = process.argv;
const { origin, pathname } = new URL(url);
let bytes = 0;
let open = 0;

function takeSome(stream: ClientHttp2Stream): void {
  let taken = 0;
  while (taken < 32 * 1024) {
    const chunk = stream.read() as Buffer | null;
    if (chunk === null) return;
    taken += chunk.length;
    bytes += chunk.length;
  }
}

const all: ClientHttp2Stream[] = [];
for (let i = 0; i < Number(sessions); i++) {
  const session = connect(origin, { rejectUnauthorized: false });
  for (let j = 0; j < Number(streams); j++) {
    const stream = session.request({ ':path': pathname });
    open++;
    stream.once('readable', () => undefined);
    stream.once('close', () => {
      open--;
      if (session.destroyed || open === 0) finish();
    });
    stream.once('error', (error) => {
      throw error;
    });
    all.push(stream);
  }
}

const timer = setInterval(() => {
  for (const stream of all) if (!stream.destroyed) takeSome(stream);
}, 200);

function finish(): void {
  if (open > 0) return;
  clearInterval(timer);
  process.send?.({ bytes });
  process.exit();
}
