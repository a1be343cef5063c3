/**
 * Where a request keeps what is given to its page. Not in a `WeakMap`: V8's collector of young objects
 * takes the values of one as alive, and they hold the request with its response.
 */
export const kDelivery = Symbol('headstart.delivery');
