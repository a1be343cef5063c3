import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { generate } from 'selfsigned';
import { Certificate } from '../../lib/server/certificate';
import { createServer } from '../../lib/server/create-server';
import { devCertificate } from '../../lib/server/dev-certificate';
import { testCertificate } from '../support/certificate';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'headstart-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A new certificate in files. */
async function writeCertificate(): Promise<{ key: string; cert: string; serial: string }> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], { keyType: 'ec' });
  const paths = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem') };
  writeFileSync(paths.key, made.private);
  writeFileSync(paths.cert, made.cert);
  return { ...paths, serial: new X509Certificate(made.cert).serialNumber };
}

describe('a certificate', () => {
  it('comes as PEM text, as a Buffer or as the paths of files', async () => {
    const { key, cert } = await testCertificate();
    const { serial: _, ...paths } = await writeCertificate();
    for (const given of [
      { key, cert },
      { key: Buffer.from(key), cert: Buffer.from(cert) },
      paths,
    ]) {
      expect(new Certificate(given).load()).toHaveProperty('key');
    }
  });

  it('is replaced without dropping connections when its files change', async () => {
    const first = await writeCertificate();
    const server = createServer((_req, res: { end(): void }) => res.end(), {
      key: first.key,
      cert: first.cert,
    });
    server.listen(0);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const open = connect({ port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
    await once(open, 'secureConnect');
    expect(open.getPeerX509Certificate()?.serialNumber).toBe(first.serial);

    const second = await writeCertificate();
    utimesSync(second.cert, new Date(), new Date(Date.now() + 5000));
    let serial: string | undefined;
    while (serial !== second.serial) {
      const next = connect({ port, rejectUnauthorized: false, ALPNProtocols: ['h2'] });
      await once(next, 'secureConnect');
      serial = next.getPeerX509Certificate()?.serialNumber;
      next.destroy();
    }
    expect(open.destroyed).toBe(false);
    open.destroy();
    await server.shutdown({ graceMs: 100 });
  });

  it('for development is valid for localhost, and the same the next time', () => {
    const made = devCertificate(folder);
    const certificate = new X509Certificate(made.cert);
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(devCertificate(folder)).toEqual(made);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('for development is made anew when the kept one is unreadable', () => {
    writeFileSync(join(folder, 'localhost.json'), '{');
    expect(devCertificate(folder).cert).toContain('BEGIN CERTIFICATE');
  });

  it('must be given in production', () => {
    const before = process.env.NODE_ENV;
    process.env.NODE_ENV = 'production';
    try {
      expect(() => new Certificate({})).toThrow(
        expect.objectContaining({
          code: 'ERR_CERTIFICATE_MISSING',
          message: expect.stringContaining('key and cert must be given in production') as string,
        }) as Error,
      );
    } finally {
      process.env.NODE_ENV = before;
    }
  });

  it('needs its key', () => {
    expect(() => new Certificate({ cert: 'cert.pem' })).toThrow(
      'createServer: key must be given together with cert',
    );
  });

  it('that cannot be read is named', () => {
    const missing = join(folder, 'missing.pem');
    expect(() => new Certificate({ key: missing, cert: missing }).load()).toThrow(
      `key must be PEM text or the path of a readable PEM file, got ${missing}: ENOENT`,
    );
  });

  it('that does not fit its key is refused', async () => {
    const { key } = await testCertificate();
    const { cert } = await writeCertificate();
    expect(() => new Certificate({ key, cert }).load()).toThrow(
      'key and cert must be a PEM key and the certificate made for it',
    );
  });
});
