import { refuseUncalled } from '../util/called';
import { reportFailure } from '../util/diagnostics';
import type { Middleware } from '../util/middleware';
import { compressibleResponse } from './compressible-response';
import { parseCompressionOptions } from './compression-options';
import type { CompressionOptions } from './compression-options';
import type { CompressionStats } from './compression-stats';
import { Compressor } from './compressor';
import { answerWithDictionary } from './offered-dictionary';
import { ResponseCompression } from './response-compression';

export interface DynamicCompressionMiddleware extends Middleware {
  readonly stats: CompressionStats;
}

/**
 * Compresses response bodies with as much CPU as the server has to spare. Takes the options of
 * `compression` and does what it does, so that one line changes.
 *
 * @example app.use(dynamicCompression())
 * @throws TypeError or RangeError for a bad option.
 * @throws HeadstartError `ERR_NOT_CALLED` when it was mounted without being called.
 */
export function dynamicCompression(
  options?: CompressionOptions | null,
): DynamicCompressionMiddleware {
  refuseUncalled('dynamicCompression', options);
  const compressor = new Compressor(parseCompressionOptions(options ?? undefined));
  const dynamicCompressionMiddleware: Middleware = (req, res, next) => {
    try {
      new ResponseCompression(compressor, req, res).attach();
      if (answerWithDictionary(compressor.dictionaries, req, res)) return;
    } catch (error) {
      reportFailure('dynamicCompression', error);
    }
    next();
  };
  return Object.defineProperty(dynamicCompressionMiddleware, 'stats', {
    get: () => compressor.stats,
  }) as DynamicCompressionMiddleware;
}

/** The default of the option `filter`, for filters that only add to it. */
dynamicCompression.filter = compressibleResponse;
