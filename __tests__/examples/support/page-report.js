'use strict';

// Evaluated inside a page: what it fetched, how, and whether all of it is there.
(() => {
  const resources = performance.getEntriesByType('resource');
  const [navigation] = performance.getEntriesByType('navigation');
  const images = [...document.images].filter((image) => image.loading !== 'lazy');
  const sheets = [...document.styleSheets];
  const pathsOf = (entries) => entries.map((one) => new URL(one.name).pathname);
  return {
    protocol: navigation.nextHopProtocol,
    fetched: pathsOf(resources),
    hinted: pathsOf(resources.filter((one) => one.initiatorType === 'early-hints')),
    transferred: pathsOf(resources.filter((one) => one.transferSize > 0)),
    isComplete:
      images.every((image) => image.complete && image.naturalWidth > 0) &&
      sheets.every((sheet) => sheet.cssRules.length > 0) &&
      sheets.length === document.querySelectorAll('link[rel=stylesheet]').length,
    panel: document.querySelector('[data-arrival-summary]').textContent,
  };
})();
