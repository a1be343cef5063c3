import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Files of a certificate for netlab's server. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Writes a new certificate and its key into a folder. */
export async function writeCertificate(folder: string): Promise<CertificateFiles> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '10.77.0.1' }], {
    keyType: 'ec',
    curve: 'P-256',
  });
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  return files;
}
