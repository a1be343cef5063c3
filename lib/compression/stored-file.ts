import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SharedBuffer } from '../buffers/shared-buffer';
import { markProvisional } from '../util/provisional';
import { guardOf } from './carries-secrets';
import type { Codec } from './codec';
import type { Compressor } from './compressor';
import type { FileVersion } from './file-version';

/** A file that was compressed before. */
export interface StoredFile {
  readonly codec: Codec;
  readonly file: SharedBuffer;
}

/**
 * Looks for the compressed bytes of a file that is about to be sent, and asks for better ones. The
 * reference to them is held until the response has closed.
 */
export function takeStoredFile(
  compressor: Compressor,
  req: IncomingMessage,
  res: ServerResponse,
  version: FileVersion,
): StoredFile | undefined {
  if (guardOf(res) !== undefined) return undefined;
  const { files, dictionaries } = compressor;
  const rule = dictionaries.ruleFor(req);
  if (rule !== undefined && rule.url === undefined) {
    res.setHeader('Use-As-Dictionary', rule.useAsDictionary);
    void dictionaries.learn(version, rule, compressor.dateMs());
  }
  const shared = dictionaries.codecFor(req, true);
  const usual = compressor.fileCodecsFor(req.headers['accept-encoding']);
  const codecs = shared === undefined ? usual : [shared, ...usual];
  const [best] = codecs;
  const found = files.find(version, codecs);
  const isBest = best === undefined || found?.[0].id === best.id;
  if (!isBest && files.want(version, best)) markProvisional(res);
  if (found === undefined) return undefined;
  const [codec, bytes] = found;
  const file = bytes.retain();
  res.once('close', () => file.release());
  return { codec, file };
}
