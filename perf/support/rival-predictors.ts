import type { EvalContext, EvalEvent, EvalPredictor, Guess } from './predict-eval';

type Counts = Map<string, number>;

function use<V>(map: Map<string, V>, key: string, make: () => V): V {
  const found = map.get(key) ?? make();
  map.set(key, found);
  return found;
}

const add = (counts: Counts, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};

const best = (guesses: Guess[], k: number): Guess[] =>
  guesses.sort((a, b) => b.confidence - a.confidence).slice(0, k);

const longest = 3;

/**
 * Prediction by partial matching of up to three pages, escape method C (Cleary and Witten 1984;
 * Moffat 1990). Resources: plain counts per page.
 */
export function createPpm(): EvalPredictor {
  const contexts = new Map<string, Counts>();
  const pages = new Map<string, { views: number; resources: Counts }>();
  const histories = new Map<string, string[]>();
  const keysOf = (history: readonly string[]): string[] =>
    Array.from({ length: Math.min(longest, history.length) }, (_, order) =>
      history.slice(-1 - order).join('\n'),
    );
  const next = (history: readonly string[]): Guess[] => {
    const chances = new Map<string, number>();
    let left = 1;
    for (const key of [...keysOf(history).toReversed(), '']) {
      const counts = contexts.get(key);
      if (counts === undefined) continue;
      const fresh = [...counts].filter(([url]) => !chances.has(url));
      const total = fresh.reduce((sum, [, n]) => sum + n, 0) + counts.size;
      for (const [url, n] of fresh) chances.set(url, (left * n) / total);
      left *= counts.size / total;
    }
    return [...chances].map(([url, confidence]) => ({ url, confidence }));
  };
  return {
    observe({ type, url, session, page, first }: EvalEvent): void {
      if (type === 'end') histories.delete(String(session));
      if (type === 'page') {
        const history = use(histories, String(session), () => []);
        for (const key of [...keysOf(history), ''])
          add(
            use(contexts, key, () => new Map()),
            url,
          );
        history.push(url);
        if (history.length > longest) history.shift();
        use(pages, url, () => ({ views: 0, resources: new Map() })).views++;
      }
      if (type === 'sub' && page !== null && first) {
        add(use(pages, page, () => ({ views: 0, resources: new Map() })).resources, url);
      }
    },
    predict({ task, url, history }: EvalContext, k: number): Guess[] {
      if (task === 'next') return best(next(history), k);
      const known = pages.get(url);
      if (known === undefined) return [];
      return best(
        [...known.resources].map(([target, n]) => ({ url: target, confidence: n / known.views })),
        k,
      );
    },
  };
}

/** Shares of views at which h2-auto-push begins and ceases to push. */
const promotionRatio = 0.8;
const demotionRatio = 0.2;

/**
 * The rule of h2-auto-push: a resource is pushed with a page once four views in five asked for it,
 * until fewer than one in five did. It does not predict pages.
 */
export function createAutoPush(): EvalPredictor {
  interface Asset {
    uses: number;
    isPushed: boolean;
  }
  const pages = new Map<string, { views: number; assets: Map<string, Asset> }>();
  const pageOf = (url: string) => use(pages, url, () => ({ views: 0, assets: new Map() }));
  return {
    observe({ type, url, page, first }: EvalEvent): void {
      if (type === 'page') pageOf(url).views++;
      if (type !== 'sub' || page === null || !first) return;
      const { views, assets } = pageOf(page);
      const asset = use(assets, url, () => ({ uses: 0, isPushed: false }));
      asset.uses++;
      if (asset.uses / views >= promotionRatio) asset.isPushed = true;
    },
    predict({ task, url }: EvalContext, k: number): Guess[] {
      const known = pages.get(url);
      if (task === 'next' || known === undefined) return [];
      const guesses: Guess[] = [];
      for (const [target, asset] of known.assets) {
        const confidence = asset.uses / Math.max(1, known.views);
        if (confidence < demotionRatio) asset.isPushed = false;
        if (asset.isPushed) guesses.push({ url: target, confidence: Math.min(1, confidence) });
      }
      return best(guesses, k);
    },
  };
}
