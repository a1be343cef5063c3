import { StartupPhase } from '../../lib/multiplexing/startup-phase';

test('grows with what is acknowledged, faster than the kernel does', () => {
  const startup = new StartupPhase();
  const before = startup.limitBytes;
  startup.acknowledge(20_000, 0, false);
  expect(startup.limitBytes).toBe(before + 25_000);
});

test('ends after three rounds in which the rate did not grow', () => {
  const startup = new StartupPhase();
  for (const rate of [100, 200, 210, 215]) startup.endRound(rate, false);
  expect(startup.isRunning).toBe(true);
  startup.endRound(220, false);
  expect(startup.isRunning).toBe(false);
});

test('learns nothing from rounds in which the app had too little to send', () => {
  const startup = new StartupPhase();
  for (let round = 0; round < 10; round++) startup.endRound(100, true);
  expect(startup.isRunning).toBe(true);
});

test('ends at once where bytes queue and come no faster', () => {
  const startup = new StartupPhase();
  startup.endRound(100, false);
  for (let ack = 0; ack < 2; ack++) startup.acknowledge(1000, 110, true);
  startup.acknowledge(1000, 110, false);
  for (let ack = 0; ack < 2; ack++) startup.acknowledge(1000, 110, true);
  expect(startup.isRunning).toBe(true);
  startup.acknowledge(1000, 110, true);
  expect(startup.isRunning).toBe(false);
});
