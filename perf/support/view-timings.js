'use strict';

// Called inside a page that has loaded: when what was there, in milliseconds since the visitor
// asked for the page; of a page rendered ahead, since it was shown.
module.exports = () =>
  new Promise((resolve) => {
    const [navigation] = performance.getEntriesByType('navigation');
    const resources = performance.getEntriesByType('resource');
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    const since = navigation.activationStart || 0;
    const from = (ms) => Math.max(0, ms - since);
    const told = (entry) => ({
      path: new URL(entry.name).pathname,
      by: entry.initiatorType,
      bytes: entry.transferSize,
      at: [Math.round(entry.startTime), Math.round(entry.responseEnd)],
    });
    new PerformanceObserver((list) => {
      const largest = list.getEntries().at(-1);
      resolve({
        path: location.pathname,
        startedAtMs: performance.timeOrigin + since,
        fcpMs: from(paint ? paint.startTime : largest.startTime),
        lcpMs: from(largest.startTime),
        lcpImage: largest.url ? new URL(largest.url).pathname : '',
        firstByteMs: from(navigation.responseStart),
        isPrefetched: navigation.deliveryType === 'navigational-prefetch',
        isPrerendered: since > 0,
        hinted: resources.filter((one) => one.initiatorType === 'early-hints').length,
        hintMs: navigation.firstInterimResponseStart,
        resources: resources.map(told),
        bytes: [navigation, ...resources].reduce((sum, one) => sum + one.transferSize, 0),
      });
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
