import { people, site } from './site';

/** Each person views a page of a catalogue and goes on to the cart. */
function teach({ view, predictor }: ReturnType<typeof site>, names: readonly string[]): void {
  names.forEach((client, index) => {
    const page = `/product/${index % 5}`;
    view(client, page, ['/app.css', `/photo/${index % 5}.jpg`]);
    predictor.observePage({ client, page: '/cart', from: page });
  });
}

const guesses = ({ predictor }: ReturnType<typeof site>) => [
  ...predictor.predictResources('/product/1'),
  ...predictor.predictPages('/product/1'),
  ...predictor.predictResources('/product/new'),
];

const targets = (from: ReturnType<typeof site>) => guesses(from).map(({ target }) => target);

describe('a snapshot', () => {
  it('carries what was learned to another predictor', () => {
    const taught = site();
    teach(taught, people(40));
    const loaded = site();
    loaded.predictor.merge(taught.predictor.snapshot());
    expect(targets(loaded)).toEqual(targets(taught));
    expect(targets(loaded)).toContain('/cart');
  });

  it('merges in any order', () => {
    const [one, other] = [site(), site()];
    teach(one, people(30));
    teach(
      other,
      people(50).map((name) => `other ${name}`),
    );
    const snapshots = [one.predictor.snapshot(), other.predictor.snapshot()];
    const [forward, backward] = [site(), site()];
    for (const snapshot of snapshots) forward.predictor.merge(snapshot);
    for (const snapshot of snapshots.toReversed()) backward.predictor.merge(snapshot);
    expect(guesses(forward)).toEqual(
      guesses(backward).map((guess) => ({
        ...guess,
        confidence: expect.closeTo(guess.confidence, 4) as number,
      })),
    );
  });

  it('counts clients of all processes before a target is offered', () => {
    const loaded = site();
    for (const client of people(3)) {
      const one = site();
      one.view(client, '/', ['/app.css']);
      loaded.predictor.merge(one.predictor.snapshot());
    }
    expect(loaded.resources('/')).toEqual(['/app.css']);
    const same = site();
    for (let i = 0; i < 3; i++) {
      const one = site();
      one.view('somebody', '/', ['/app.css']);
      same.predictor.merge(one.predictor.snapshot());
    }
    expect(same.resources('/')).toEqual([]);
  });

  it('is refused if it is damaged, cut short or something else', () => {
    const { predictor, view } = site();
    view('a', '/', ['/app.css']);
    const good = predictor.snapshot();
    const damaged = Uint8Array.from(good);
    damaged[40] = 255 - (damaged[40] ?? 0);
    const fresh = site().predictor;
    expect(() => fresh.merge(damaged)).toThrow('the snapshot is damaged');
    expect(() => fresh.merge(good.subarray(0, -4))).toThrow('the snapshot is damaged');
    expect(() => fresh.merge(new Uint8Array(100))).toThrow(TypeError);
    expect(fresh.stats.urls).toBe(0);
  });
});
