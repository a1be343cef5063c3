import { connect as connectHttp2, type ClientHttp2Session } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** An h2c client whose socket can stop reading while it still writes, with all bytes it ever got. */
export interface StalledClient {
  readonly session: ClientHttp2Session;
  readonly socket: Socket;
  /** Every byte that came from the socket, frames and all. */
  received(): Buffer;
}

export function stalledClient(port: number): StalledClient {
  const socket = connect(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  const wire = new Duplex({
    read() {},
    write: (chunk: Buffer, _encoding, done) => void socket.write(chunk, done),
    final: (done) => void socket.end(done),
  });
  socket.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    wire.push(chunk);
  });
  socket.on('end', () => wire.push(null));
  socket.on('error', () => undefined);
  const session = connectHttp2(`http://127.0.0.1:${port}`, {
    createConnection: () => wire,
    settings: { initialWindowSize: 2 ** 31 - 1 },
  });
  session.on('error', () => undefined);
  session.once('connect', () => session.setLocalWindowSize(2 ** 30));
  return { session, socket, received: () => Buffer.concat(chunks) };
}
