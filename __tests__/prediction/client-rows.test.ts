import {
  ClientRows,
  fetchesPerClient,
  sessionIdleMs,
  visitField,
} from '../../lib/prediction/client-rows';

describe('what a client did', () => {
  it('tells a page viewed again in a session from one of an earlier session', () => {
    const rows = new ClientRows(8);
    const view = (page: number, nowMs: number): number =>
      rows.get(rows.open(3, page, nowMs), visitField.again);
    expect([view(7, 0), view(8, 1), view(7, 2)]).toEqual([0, 0, 1]);
    expect(view(8, 3 + sessionIdleMs)).toBe(0);
    expect(rows.viewsOf(3)).toBe(4);
  });

  it('knows the latest pages, and gives up the one viewed longest ago', () => {
    const rows = new ClientRows(8);
    for (let page = 1; page <= 17; page++) rows.open(0, page, page);
    expect(rows.findVisit(0, 1)).toBe(-1);
    expect(rows.get(rows.findVisit(0, 17), visitField.page)).toBe(17);
    expect(rows.findVisit(1, 17)).toBe(-1);
  });

  it('remembers what a view fetched as long as there is room', () => {
    const rows = new ClientRows(8);
    for (let id = 1; id <= fetchesPerClient + 1; id++) rows.addFetch(2, 5, id);
    expect(rows.hasFetched(2, 5, 1)).toBe(false);
    expect(rows.hasFetched(2, 5, 2)).toBe(true);
    expect(rows.hasFetched(2, 6, 2)).toBe(false);
    expect(rows.hasFetched(1, 5, 2)).toBe(false);
  });

  it('takes all of a client along to other rows, and leaves nothing behind', () => {
    const [old, wide] = [new ClientRows(8), new ClientRows(16)];
    const visit = old.open(1, 7, 100);
    old.set(visit, visitField.led, 3);
    old.addFetch(1, 1, 9);
    old.deepen(1, 100);
    old.copy(1, wide, 10);
    const copied = wide.findVisit(10, 7);
    expect(wide.get(copied, visitField.led)).toBe(3);
    expect(wide.timeOf(copied)).toBe(100);
    expect([wide.hasFetched(10, 1, 9), wide.depthOf(10), wide.lastMs[10]]).toEqual([true, 1, 100]);
    wide.clear(10);
    expect([wide.findVisit(10, 7), wide.hasFetched(10, 1, 9), wide.viewsOf(10)]).toEqual([
      -1,
      false,
      0,
    ]);
  });
});
