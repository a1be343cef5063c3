import { LoadMeter } from '../../lib/compression/load-meter';

/** Keeps the event loop busy. */
function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

describe('LoadMeter', () => {
  it('tells how much of the time the loop was busy', () => {
    const meter = new LoadMeter();
    meter.read();
    block(30);
    expect(meter.read().utilisation).toBeGreaterThan(0.9);
  });

  it('tells how late a timer came, once', async () => {
    const meter = new LoadMeter();
    meter.read();
    const fired = new Promise((resolve) => setTimeout(resolve, 2));
    block(60);
    await fired;
    expect(meter.read().delayMs).toBeGreaterThan(30);
    expect(meter.read().delayMs).toBe(0);
  });

  it('counts the bytes that wait for a thread', () => {
    const meter = new LoadMeter();
    meter.count(700);
    meter.count(-300);
    expect(meter.read().bytesInFlight).toBe(400);
    expect(meter.bytesInFlight).toBe(400);
  });
});
