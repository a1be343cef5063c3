/** Only the late writer hears of its mistake; the response it came too late for stays whole. */
export function refuseLateWrite(callback: unknown): false {
  const error = Object.assign(new Error('write after end'), { code: 'ERR_STREAM_WRITE_AFTER_END' });
  if (typeof callback === 'function') process.nextTick(callback, error);
  return false;
}
