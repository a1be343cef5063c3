'use strict';

// Run inside a page that has loaded: when what was there, in milliseconds since the click.
globalThis.pageTimings = new Promise((resolve) => {
    const [navigation] = performance.getEntriesByType('navigation');
    const resources = performance.getEntriesByType('resource');
    const [paint] = performance.getEntriesByName('first-contentful-paint');
    const bytes = [navigation, ...resources].map((one) => one.transferSize);
    new PerformanceObserver((list) => {
      resolve({
        protocol: navigation.nextHopProtocol,
        lcpMs: list.getEntries().at(-1).startTime,
        fcpMs: paint.startTime,
        loadMs: navigation.loadEventEnd,
        firstByteMs: navigation.responseStart,
        bytes: bytes.reduce((sum, one) => sum + one, 0),
        files: resources.length,
        hinted: resources.filter((one) => one.initiatorType === 'early-hints').length,
      });
    }).observe({ type: 'largest-contentful-paint', buffered: true });
  });
