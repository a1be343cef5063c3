import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';

/**
 * The fingerprint by which Chromium's `--ignore-certificate-errors-spki-list` knows the
 * certificate of a local server: SHA-256 of its public key, in base64.
 */
export async function certificatePin(port: number): Promise<string> {
  const socket = connect({ host: 'localhost', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const publicKey = socket.getPeerX509Certificate()?.publicKey;
  socket.destroy();
  if (publicKey === undefined) throw new Error(`no certificate on port ${port}`);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
