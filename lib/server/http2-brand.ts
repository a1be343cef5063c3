/**
 * Marks the requests and responses that came over HTTP/2. It must be an own property: Express
 * replaces the prototype of both objects on their way through an app.
 */
export const kHttp2 = Symbol('headstart.http2');
