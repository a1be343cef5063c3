/**
 * What `work` gives, or the error of `onTimeout` when it takes longer than `limitMs`. The timer
 * keeps no process alive.
 */
export async function within<T>(
  limitMs: number,
  work: T | Promise<T>,
  onTimeout: () => Error,
): Promise<T> {
  if (!isPromise(work)) return work;
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(onTimeout()), limitMs).unref();
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** Also promises of other libraries. */
function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (Object(value) as Partial<Promise<T>>).then === 'function';
}
