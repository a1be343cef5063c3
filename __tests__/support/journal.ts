import { EventEmitter, once } from 'node:events';

/** What happened in an app under test, in order; tests wait for entries instead of sleeping. */
export class Journal {
  readonly entries: string[] = [];
  readonly #changed = new EventEmitter();

  readonly note = (entry: string): void => {
    this.entries.push(entry);
    this.#changed.emit('entry');
  };

  /** Resolves when `entry` has been noted, now or earlier; rejects after `limitMs` without it. */
  async until(entry: string, limitMs = 4_000): Promise<void> {
    const signal = AbortSignal.timeout(limitMs);
    try {
      while (!this.entries.includes(entry)) await once(this.#changed, 'entry', { signal });
    } catch {
      throw new Error(`no entry "${entry}" in ${JSON.stringify(this.entries)}`);
    }
  }
}
