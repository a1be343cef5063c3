import type { Middleware } from 'headstart';
import { kindOfPath } from '../../lib/prediction/resource-kind';

/** One page of the visit to come, and what is fetched ahead on it. */
export interface Step {
  readonly page: string;
  readonly next: string;
  /** What the next page needs and no page before it. */
  readonly resources: readonly string[];
}

const rules = '/way-ahead/';

/**
 * Has browsers fetch or render the next page ahead, and fetch what it needs, as a hand would write
 * it that knows which way this visitor goes: what learned speculation can reach at best.
 *
 * @param stepsOf The way of the visitor that is being served; steps that are taken leave it.
 */
export function wayAhead(action: 'prefetch' | 'prerender', stepsOf: () => Step[]): Middleware {
  return (req, res, next) => {
    const url = req.url ?? '';
    if (url.startsWith(rules)) {
      const urls = [decodeURIComponent(url.slice(rules.length))];
      res.setHeader('Content-Type', 'application/speculationrules+json');
      res.end(JSON.stringify({ [action]: [{ urls, eagerness: 'immediate' }] }));
      return;
    }
    const steps = stepsOf();
    const [step] = steps.splice(firstAt(steps, url), 1);
    if (step !== undefined) {
      res.setHeader('Speculation-Rules', `"${rules}${encodeURIComponent(step.next)}"`);
      if (action === 'prefetch') res.setHeader('Link', step.resources.flatMap(prefetchLink));
    }
    next();
  };
}

/** Behind the last where there is none, so that nothing is taken. */
function firstAt(steps: readonly Step[], url: string): number {
  const index = steps.findIndex(({ page }) => page === url);
  return index < 0 ? steps.length : index;
}

function prefetchLink(path: string): string[] {
  const kind = kindOfPath(path);
  if (kind === undefined) return [];
  return [`<${path}>; rel=prefetch; as=${kind}${kind === 'font' ? '; crossorigin' : ''}`];
}
