import { CandidateSet } from './candidate-set';
import { type ClientRows, sessionIdleMs, visitField, visitsPerClient } from './client-rows';
import type { ClientTable } from './client-table';
import { consider, prepare } from './consider';
import type { CandidateSorts } from './context-mixer';
import { isPresent, logOddsOf, unknownState } from './count-state';
import { pageContext, pageContextCount, type PageContexts } from './page-contexts';
import type { Place } from './place';
import type { UrlTable } from './url-table';

/** Inputs of the mixer that are no contexts. */
const historyInput = pageContextCount;
const relationInput = pageContextCount + 1;
export const pageInputs = pageContextCount + 2;

/**
 * Evidence of history is of how long the visitor's way is and whether he has been on this page before,
 * in so many classes; from here on of pages he has been to, by the step as well.
 */
const ways = 10;
const firstHistory = 1 + ways;

/** A step from another session, and steps that are told apart by their page. */
const oldStep = 0;
const lastStep = 16;
const stepBefore = 17;
const stepHere = 18;

/** Pages of a session so far, in classes; 0 for unknown visitors. */
export const depthClasses = 8;

/** How often a page was seen, in classes. */
export const sizeClasses = 6;

/** How the last step was found, in classes. */
export const foundClasses = 4;

/**
 * Aspects of a situation: none; several together; how often the page was seen; how much is known of
 * the way to it; how the session's last two steps were found; whether the session is long.
 */
export const pageAspects = [1, 96, sizeClasses, 4, foundClasses ** 2, depthClasses] as const;

/** Those that are asked for by others, by their places. */
export const sizeAspect = 2;
export const foundAspect = 4;
export const depthAspect = 5;

/** Visits of pages of its kind that count as visits of a page, to tell whether they lead anywhere. */
const mostLikened = 4;

/** Pages that are new to the visitor, the page before, and others he has been to. */
export const wayClasses = 3;
export const backClass = 1;

/**
 * Candidates are weighed apart by whether the visitor has been there (a new page, the page before, or
 * another one) and whether he has been here before: who goes to and fro is his own witness in most
 * contexts.
 */
export const pageSorts: CandidateSorts = {
  count: 2 * wayClasses,
  input: historyInput,
  ofState: Uint8Array.from({ length: firstHistory + 19 * ways }, (_, state) => {
    const beyond = state - firstHistory;
    const isAgain = state === 0 ? 0 : (state < firstHistory ? state - 1 : beyond) & 1;
    const step = Math.floor(beyond / ways);
    const wayBack = beyond < 0 ? 0 : step === stepBefore ? backClass : wayClasses - 1;
    return 2 * wayBack + isAgain;
  }),
};

/** Next pages considered at once. */
const maxCandidates = 32;

/**
 * Gathers the pages that may come next: what came after this page and the ones before
 * ({@link PageContexts}), what else visitors went to from earlier pages, and where the visitor has
 * been in this session, since people go back.
 */
export class PageQuestion {
  readonly contexts: PageContexts;
  readonly candidates = new CandidateSet(maxCandidates, pageInputs, pageAspects.length);
  /** Log odds that visitors of the page go anywhere, as its visits tell. */
  leaving = 0;
  /** Steps from page to page seen on the site, aged. */
  steps = 0;
  readonly #urls: UrlTable;
  readonly #clients: ClientTable;
  readonly #rows = new Int32Array(pageContextCount);

  constructor(urls: UrlTable, clients: ClientTable, contexts: PageContexts) {
    this.#urls = urls;
    this.#clients = clients;
    this.contexts = contexts;
  }

  gather(place: Place): void {
    const { candidates, contexts } = this;
    const { rows } = this.#clients;
    const keys = contexts.keysOf(place);
    candidates.clear();
    for (const source of contexts.sources) {
      const key = keys[source.input] ?? 0;
      const row = key === 0 ? -1 : source.table.find(key);
      this.#rows[source.input] = row;
      prepare(candidates, source, row);
    }
    // Who was never seen is on his first page.
    const views = place.client < 0 ? 1 : rows.viewsOf(place.client);
    const now = place.client < 0 ? -1 : rows.findVisit(place.client, place.page);
    const isAgain = now === -1 ? 0 : rows.get(now, visitField.again);
    const way = 2 * (views < 3 ? views : views < 6 ? 3 : 4) + isAgain;
    candidates.presume(historyInput, place.client === -1 ? 0 : 1 + way);
    for (const source of contexts.sources) {
      consider(candidates, source, this.#rows[source.input] ?? -1, this.#urls);
      if (source.input !== pageContext.page) continue;
      // A page follows itself only where it did so before.
      candidates.bar(place.page);
      if (place.client >= 0) this.#addHistory(rows, place, now, way);
    }
    this.#relate(place);
    this.#describe(rows, place.client);
  }

  #addHistory(rows: ClientRows, place: Place, now: number, way: number): void {
    const { candidates } = this;
    const views = rows.viewsOf(place.client);
    const nowMs = now === -1 ? 0 : rows.timeOf(now);
    const first = place.client * visitsPerClient;
    for (let visit = first; visit < first + visitsPerClient; visit++) {
      const page = rows.get(visit, visitField.page);
      // Visits fill their places in order.
      if (page === 0) return;
      if (!this.#urls.isOfferable(page)) continue;
      const at = candidates.add(page);
      if (at === -1) continue;
      const back = views - rows.get(visit, visitField.view);
      const isOld = nowMs - rows.timeOf(visit) > sessionIdleMs;
      const step = isOld
        ? oldStep
        : page === place.before
          ? stepBefore
          : page === place.page
            ? stepHere
            : Math.min(lastStep, back);
      candidates.set(at, historyInput, firstHistory + step * ways + way);
    }
  }

  /** Whether a candidate is of the page's kind, and what links there say of it. */
  #relate({ kind }: Place): void {
    const { candidates } = this;
    // What was never viewed cannot be blamed for not having led to a candidate.
    if (this.#rows[pageContext.page] === -1) {
      candidates.presume(relationInput, unknownState);
      return;
    }
    for (let place = 0; place < candidates.size; place++) {
      const id = candidates.ids[place] ?? 0;
      const isAlike = this.#urls.kindHashOf(id) === kind ? 1 : 0;
      const isLinked = isPresent(candidates.get(place, pageContext.page)) ? 2 : 0;
      const isKnown = isPresent(candidates.get(place, pageContext.site)) ? 4 : 0;
      candidates.set(place, relationInput, 1 + isAlike + isLinked + isKnown);
    }
  }

  #describe(rows: ClientRows, client: number): void {
    const { situation } = this.candidates;
    const total = this.#total(pageContext.page);
    const size =
      total < 2 ? 0 : total < 4 ? 1 : total < 8 ? 2 : total < 32 ? 3 : total < 128 ? 4 : 5;
    const pair = this.#total(pageContext.pair);
    const depth = this.#total(pageContext.triple) >= 3 ? 3 : pair >= 3 ? 2 : pair >= 2 ? 1 : 0;
    const found = client < 0 ? 0 : rows.foundBitsOf(client) & 15;
    situation[1] = (size * 4 + depth) * 4 + (found & 3);
    situation[sizeAspect] = size;
    situation[3] = depth;
    situation[foundAspect] = found;
    situation[depthAspect] = client < 0 ? 0 : depthClass(rows.depthOf(client));
    this.leaving = this.#leavingOf(total);
    this.steps = this.#uses(pageContext.site);
  }

  /** From the page's visits before this one, and from few of its kind. */
  #leavingOf(total: number): number {
    const visits = Math.max(0, total - 1);
    const kind = this.#total(pageContext.kind);
    const likened = Math.min(mostLikened, kind);
    const alike = kind === 0 ? 0 : (likened * this.#uses(pageContext.kind)) / kind;
    return logOddsOf(this.#uses(pageContext.page) + alike, visits + likened);
  }

  #uses(context: number): number {
    const row = this.#rows[context] ?? -1;
    return row === -1 ? 0 : (this.contexts.sources[context]?.table.rows.usesOf(row) ?? 0);
  }

  #total(context: number): number {
    const row = this.#rows[context] ?? -1;
    return row === -1 ? 0 : (this.contexts.sources[context]?.table.rows.totalOf(row) ?? 0);
  }
}

function depthClass(pages: number): number {
  if (pages < 4) return Math.max(1, pages);
  return pages < 7 ? 4 : pages < 13 ? 5 : pages < 30 ? 6 : 7;
}
