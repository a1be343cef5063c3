import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { SecureContextOptions } from 'node:tls';
import { reportFailure } from '../util/diagnostics';
import { HeadstartError } from '../util/errors';
import { messageOf } from '../util/message-of';
import { devCertificate } from './dev-certificate';
import type { ServerOptions } from './server-options';

/** How often certificate files are looked at for changes. */
const watchIntervalMs = 5000;

type Source = string | Buffer;

/** Key and certificate of a server, from PEM text, from files, or made for development. */
export class Certificate {
  readonly #sources: { readonly key: Source; readonly cert: Source };
  readonly #passphrase: string | undefined;
  readonly #watched: string[] = [];

  /**
   * @throws HeadstartError `ERR_CERTIFICATE_MISSING` when key or certificate is missing in
   * production, or one of them is given without the other.
   * @throws HeadstartError `ERR_CERTIFICATE_UNREADABLE` when a file cannot be read or is no PEM.
   */
  constructor({ key, cert, passphrase }: Pick<ServerOptions, 'key' | 'cert' | 'passphrase'>) {
    this.#passphrase = passphrase;
    this.#sources = key !== undefined && cert !== undefined ? { key, cert } : fallback(key, cert);
  }

  /** Reads the files, if there are any, and checks that key and certificate fit. */
  load(): SecureContextOptions {
    const context: SecureContextOptions = {
      key: read('key', this.#sources.key),
      cert: read('cert', this.#sources.cert),
    };
    if (this.#passphrase !== undefined) context.passphrase = this.#passphrase;
    try {
      createSecureContext(context);
    } catch (cause) {
      throw new HeadstartError(
        'ERR_CERTIFICATE_UNREADABLE',
        `createServer: key and cert must be a PEM key and the certificate made for it: ${messageOf(cause)}`,
        { cause },
      );
    }
    return context;
  }

  /** Calls `onChange` with the new certificate whenever a file of it changed and is good. */
  watch(onChange: (context: SecureContextOptions) => void): void {
    for (const source of new Set([this.#sources.key, this.#sources.cert])) {
      if (!isPath(source)) continue;
      this.#watched.push(source);
      watchFile(source, { interval: watchIntervalMs, persistent: false }, () =>
        this.#reload(onChange),
      );
    }
  }

  unwatch(): void {
    for (const path of this.#watched.splice(0)) unwatchFile(path);
  }

  /** Key and certificate are two files: between their replacement they may not fit, which is no error. */
  #reload(onChange: (context: SecureContextOptions) => void): void {
    try {
      onChange(this.load());
    } catch (error) {
      reportFailure('createServer', error);
    }
  }
}

function fallback(
  key: Source | undefined,
  cert: Source | undefined,
): { key: Source; cert: Source } {
  if (key !== undefined || cert !== undefined) {
    const [given, missing] = key === undefined ? ['cert', 'key'] : ['key', 'cert'];
    throw missingCertificate(`${missing} must be given together with ${given}`);
  }
  if (process.env.NODE_ENV === 'production') {
    throw missingCertificate(
      'key and cert must be given in production (PEM text or paths of PEM files), or tls: false behind a proxy',
    );
  }
  return devCertificate();
}

function missingCertificate(message: string): HeadstartError {
  return new HeadstartError('ERR_CERTIFICATE_MISSING', `createServer: ${message}`);
}

function isPath(source: Source): source is string {
  return typeof source === 'string' && !source.includes('-----BEGIN');
}

function read(option: 'key' | 'cert', source: Source): Source {
  if (!isPath(source)) return source;
  try {
    return readFileSync(source);
  } catch (cause) {
    throw new HeadstartError(
      'ERR_CERTIFICATE_UNREADABLE',
      `createServer: ${option} must be PEM text or the path of a readable PEM file, got ${source}: ${messageOf(cause)}`,
      { cause },
    );
  }
}
