import {
  IntelligentPushPredictor,
  type PredictorOptions,
} from '../../lib/prediction/intelligent-push-predictor';

/** A predictor with a clock that stands still unless told, and people who visit. */
export function site(options: PredictorOptions = {}) {
  let nowMs = 0;
  const predictor = new IntelligentPushPredictor({ clock: () => nowMs, ...options });
  return {
    predictor,
    wait: (ms: number): void => {
      nowMs += ms;
    },
    /** A page view that asks for resources. */
    view(client: string, page: string, resources: readonly string[] = [], pattern?: string): void {
      const place = { client, page, ...(pattern !== undefined && { pattern }) };
      predictor.observePage(place);
      for (const resource of resources) {
        predictor.observeResource({ ...place, resource, kind: 'style' });
      }
    },
    resources: (page: string, pattern?: string): string[] =>
      predictor.predictResources(page, pattern).map(({ target }) => target),
    pages: (page: string, pattern?: string): string[] =>
      predictor.predictPages(page, pattern).map(({ target }) => target),
  };
}

export const people = (n: number): string[] =>
  Array.from({ length: n }, (_, index) => `person ${index}`);
