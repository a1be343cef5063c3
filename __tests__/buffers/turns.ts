/** Resolves in a later phase of the event loop, or once the ticks of this one have run. */
export function nextOf(phase: 'immediate' | 'tick'): Promise<void> {
  return new Promise((resolve) => {
    if (phase === 'immediate') setImmediate(resolve);
    else process.nextTick(resolve);
  });
}
