/**
 * Where a response keeps the priority that the app wants for it. Not in a `WeakMap`: V8's collector
 * of young objects takes the values of one as alive, and they hold the response with its buffers.
 */
export const kPriority = Symbol('headstart.priority');
