import { generate } from 'selfsigned';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

let made: Promise<Certificate> | undefined;

/** A certificate for `localhost` and `127.0.0.1`; made on the first call, the same afterwards. */
export function testCertificate(): Promise<Certificate> {
  return (made ??= make());
}

async function make(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
  });
  return { key, cert };
}
