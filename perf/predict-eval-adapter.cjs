'use strict';
// Lets ../shared/predict-eval call the built predictor: node eval.js <this file>.
const { IntelligentPushPredictor } = require('../dist');

const kindOfExtension = {
  css: 'style',
  js: 'script',
  mjs: 'script',
  woff: 'font',
  woff2: 'font',
  ttf: 'font',
  otf: 'font',
  json: 'fetch',
};

function kindOf(url) {
  const [path] = url.split('?');
  return kindOfExtension[path.slice(path.lastIndexOf('.') + 1).toLowerCase()] ?? 'image';
}

/** The logs have few clients, and nobody is told: one client is enough, and every chance is shown. */
exports.create = function create(options) {
  let nowMs = 0;
  const predictor = new IntelligentPushPredictor({
    minClients: 1,
    minConfidence: 0,
    ...options,
    clock: () => nowMs,
  });
  return {
    observe({ type, client, time, url, prev, page }) {
      nowMs = time;
      const key = String(client);
      if (type === 'page') {
        predictor.observePage({ client: key, page: url, from: prev ?? undefined });
      } else if (type === 'sub' && page !== null) {
        predictor.observeResource({ client: key, page, resource: url, kind: kindOf(url) });
      }
    },
    predict({ task, client, time, url }, k) {
      nowMs = time;
      const key = String(client);
      const guesses =
        task === 'resources'
          ? predictor.predictResources(url, undefined, k, key)
          : predictor.predictPages(url, undefined, k, key);
      return guesses.map(({ target, confidence }) => ({ url: target, confidence }));
    },
    stats: () => predictor.stats,
  };
};
