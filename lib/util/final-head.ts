/**
 * Set to `true` on a response whose headers leave after the app has ended it, while stages still
 * hold its body: no trailers can come any more, so END_STREAM may ride on the last bytes.
 */
export const kFinalHead = Symbol('headstart.finalHead');
