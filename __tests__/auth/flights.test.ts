import { Flights } from '../../lib/auth/flights';

describe('Flights', () => {
  it('can be joined until they land', async () => {
    const flights = new Flights<string>();
    let land = (_value: string): void => {};
    const work = new Promise<string>((resolve) => (land = resolve));
    void flights.share('a', work);
    expect(flights.get('a')).toBe(work);
    land('value');
    await work;
    expect(flights.get('a')).toBeUndefined();
  });

  it('can not be joined after they failed', async () => {
    const flights = new Flights<string>();
    const work = flights.share('a', Promise.reject(new Error('no')));
    await expect(work).rejects.toThrow('no');
    expect(flights.get('a')).toBeUndefined();
  });

  it('can not be joined once they are cleared, and leave a newer one alone', async () => {
    const flights = new Flights<string>();
    const older = flights.share('a', Promise.resolve('old'));
    flights.clear();
    const newer = new Promise<string>(() => {});
    void flights.share('a', newer);
    await older;
    expect(flights.get('a')).toBe(newer);
  });

  it('go alone beyond the limit', () => {
    const flights = new Flights<string>();
    const endless = new Promise<string>(() => {});
    for (let i = 0; i < 10_000; i++) void flights.share(String(i), endless);
    expect(flights.share('more', endless)).toBe(endless);
    expect(flights.get('more')).toBeUndefined();
  });
});
