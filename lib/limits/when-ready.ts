/** A value that may take a while. */
export type Eventual<T> = T | Promise<T>;

/** Goes on with a value: at once where it is there, for waiting costs more than most decisions. */
export function whenReady<T, R>(value: Eventual<T>, goOn: (value: T) => Eventual<R>): Eventual<R> {
  return isPromise(value) ? value.then(goOn) : goOn(value);
}

export function isPromise<T>(value: Eventual<T>): value is Promise<T> {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Promise<T>>).then === 'function'
  );
}
