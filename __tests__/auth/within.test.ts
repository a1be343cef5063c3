import { within } from '../../lib/auth/within';

const late = () => new Error('late');

describe('within', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('gives what is there at once, without a timer', async () => {
    await expect(within(100, 'value', late)).resolves.toBe('value');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('gives what comes in time, and stops the timer', async () => {
    await expect(within(100, Promise.resolve('value'), late)).resolves.toBe('value');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('passes on a failure', async () => {
    await expect(within(100, Promise.reject(new Error('no')), late)).rejects.toThrow('no');
  });

  it('fails when it takes too long', async () => {
    const result = within(100, new Promise(() => {}), late);
    jest.advanceTimersByTime(100);
    await expect(result).rejects.toThrow('late');
  });

  it('waits for promises of other libraries', async () => {
    class Foreign {
      // oxlint-disable-next-line unicorn/no-thenable
      then(done: (value: string) => void): void {
        done('value');
      }
    }
    await expect(within(100, new Foreign() as never, late)).resolves.toBe('value');
  });
});
