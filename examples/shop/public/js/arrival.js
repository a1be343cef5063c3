'use strict';

// Tells how this view arrived, from what the browser measured itself.
(() => {
  const protocols = { h2: 'HTTP/2', h3: 'HTTP/3', 'http/1.1': 'HTTP/1.1' };

  const isHinted = (file) => file.initiatorType === 'early-hints';
  const isCached = (file) => file.transferSize === 0 && file.decodedBodySize > 0;

  function measure() {
    const [page] = performance.getEntriesByType('navigation');
    const resources = performance.getEntriesByType('resource');
    const start = page.activationStart || 0;
    const answerAt = page.finalResponseHeadersStart || page.responseStart;
    // A page that was still fresh, or not modified, has no protocol of its own.
    const protocol = [page, ...resources].map((one) => one.nextHopProtocol).find(Boolean);
    const hintAt = page.firstInterimResponseStart || 0;
    return {
      protocol: protocols[protocol] ?? (protocol || 'Browser cache'),
      speculated: page.deliveryType === 'navigational-prefetch' || start > 0,
      hintMs: hintAt > 0 ? hintAt - page.requestStart : undefined,
      answerMs: answerAt - page.requestStart,
      loadMs: Math.max(0, page.loadEventStart - start),
      total: resources.length,
      hinted: resources.filter(isHinted),
      cached: resources.filter((file) => isCached(file) && !isHinted(file)),
    };
  }

  function ms(value) {
    return `${Math.round(value)} ms`;
  }

  function factsOf(seen) {
    return [
      ['Protocol', seen.protocol],
      ['Server thought for', ms(seen.answerMs)],
      ['Hints came after', seen.hintMs === undefined ? 'no hints' : ms(seen.hintMs)],
      ['Files by early hint', `${seen.hinted.length} of ${seen.total}`],
      ['Files from cache', `${seen.cached.length} of ${seen.total}`],
      ['Fetched ahead', seen.speculated ? 'yes' : 'no'],
      ['Everything loaded', ms(seen.loadMs)],
    ];
  }

  function noteFor(seen) {
    if (seen.hinted.length > 0) {
      const names = seen.hinted.map((one) => new URL(one.name).pathname.split('/').pop());
      return `Announced before the page was ready: ${names.join(', ')}.`;
    }
    if (seen.cached.length > 0) return 'Your browser already had these files: nothing to announce.';
    if (seen.hintMs !== undefined) {
      return 'Files were announced, but the browser did not fetch them: it does not trust the certificate.';
    }
    return 'Nothing was announced. The server learns from visits: come back in a fresh private window.';
  }

  function show(panel, seen) {
    const facts = panel.querySelector('[data-arrival-facts]');
    for (const [name, value] of factsOf(seen)) {
      const term = document.createElement('dt');
      const data = document.createElement('dd');
      term.textContent = name;
      data.textContent = value;
      facts.append(term, data);
    }
    panel.querySelector('[data-arrival-note]').textContent = noteFor(seen);
    panel.querySelector('[data-arrival-summary]').textContent =
      `${seen.protocol} · ${seen.hinted.length} of ${seen.total} hinted · ${ms(seen.loadMs)}`;
    panel.hidden = false;
  }

  const panel = document.querySelector('[data-arrival]');
  // `loadEventStart` is known only after the load event has begun.
  window.addEventListener('load', () => setTimeout(() => show(panel, measure())));
})();
