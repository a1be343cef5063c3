import { Codec } from './codec';
import { supportedEncodings } from './node-zlib';
import type { CoderOptions, Encoding } from './node-zlib';

/** Levels of one rung; the first encoding is the one preferred. */
type Levels = Readonly<Partial<Record<Encoding, number>>>;

/** One step of the ladder: what each client gets while the server stands on it. */
export interface Rung {
  /** For statistics. */
  readonly name: string;
  /** Encodings in order of preference; none: bodies leave as they are. */
  readonly order: readonly Encoding[];
  readonly codecs: Readonly<Partial<Record<Encoding, Codec>>>;
}

/**
 * The top rung is what `compression` does. Of its CPU the others take, for pages of 3 to 50 kB, six
 * tenths (zstd a third) and a quarter, for at most 8 % and 17 % more bytes; the lowest takes none.
 * Below the top zstd comes first: at level 3 it makes 2 % more bytes than br at 3 in half the time.
 */
const steps: readonly { readonly name: string; readonly levels: Levels }[] = [
  { name: 'full', levels: { br: 4, zstd: 3, gzip: 6, deflate: 6 } },
  { name: 'light', levels: { zstd: 3, br: 3, gzip: 3, deflate: 3 } },
  { name: 'fast', levels: { zstd: 1, br: 1, gzip: 1, deflate: 1 } },
  { name: 'none', levels: {} },
];

/** Options of the caller for each coder, and the levels he asks for on the top rung. */
export interface CodecSettings {
  readonly coder: Readonly<Record<Encoding, CoderOptions>>;
  readonly level: Levels;
}

/** All codecs of the ladder, made once. No rung has a higher level than the caller asks for. */
export function codecLadder(settings: CodecSettings): readonly Rung[] {
  const top = { ...steps[0]?.levels, ...settings.level };
  return steps.map(({ name, levels }, index) => {
    const order = (Object.keys(levels) as Encoding[]).filter((one) =>
      supportedEncodings.includes(one),
    );
    const codecs = order.map((encoding) => {
      const most = top[encoding] ?? 0;
      const level = index === 0 ? most : Math.min(most, levels[encoding] ?? 0);
      return [encoding, new Codec(encoding, level, settings.coder[encoding])] as const;
    });
    return { name, order, codecs: Object.fromEntries(codecs) };
  });
}
