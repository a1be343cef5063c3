import { kHttp2 } from './http2-brand';

type Method = (this: object, ...parts: unknown[]) => unknown;
type Branded = { readonly [kHttp2]?: true };

/**
 * A prototype that answers per object: as `http2` for objects that carry the HTTP/2 brand, as
 * `http1` for all others. It inherits from `http1`, so `instanceof http.ServerResponse` holds.
 * Express's own `request` and `response` objects get it as their parent once; no prototype is
 * changed per request beyond what Express does itself.
 *
 * @param http1 For instance `http.ServerResponse.prototype`.
 * @param http2 The prototype with the same meaning for HTTP/2.
 */
export function dualPrototype(http1: object, http2: object): object {
  const dual: object = Object.create(http1);
  for (const key of new Set([...chainKeys(http1, http2), ...chainKeys(http2, http1)])) {
    const one = lookUp(http1, key);
    const two = lookUp(http2, key);
    if (one?.value !== undefined && one.value === two?.value) continue;
    Object.defineProperty(dual, key, dispatcher(key, one, two));
  }
  return dual;
}

/** Keys of `prototype` and its parents, down to the first parent that `other` inherits too. */
function chainKeys(prototype: object, other: object): (string | symbol)[] {
  const keys: (string | symbol)[] = [];
  let link: object | null = prototype;
  while (link !== null && !Object.prototype.isPrototypeOf.call(link, other)) {
    keys.push(...Reflect.ownKeys(link).filter((key) => key !== 'constructor'));
    link = Object.getPrototypeOf(link);
  }
  return keys;
}

function lookUp(prototype: object, key: string | symbol): PropertyDescriptor | undefined {
  for (let link: object | null = prototype; link !== null; link = Object.getPrototypeOf(link)) {
    const found = Reflect.getOwnPropertyDescriptor(link, key);
    if (found !== undefined) return found;
  }
  return undefined;
}

function dispatcher(
  key: string | symbol,
  one: PropertyDescriptor | undefined,
  two: PropertyDescriptor | undefined,
): PropertyDescriptor {
  if (typeof one?.value === 'function' && typeof two?.value === 'function') {
    return methodDispatcher(one.value as Method, two.value as Method);
  }
  return {
    configurable: true,
    enumerable: false,
    get(this: Branded) {
      return read(this[kHttp2] === true ? two : one, this);
    },
    set(this: Branded, value: unknown) {
      write(this[kHttp2] === true ? two : one, this, key, value);
    },
  };
}

function methodDispatcher(one: Method, two: Method): PropertyDescriptor {
  return {
    configurable: true,
    enumerable: false,
    writable: true,
    value: function dispatch(this: Branded): unknown {
      // `arguments` is passed on as it came, because some methods count them.
      // oxlint-disable-next-line prefer-rest-params
      return Reflect.apply(this[kHttp2] === true ? two : one, this, arguments);
    },
  };
}

function read(descriptor: PropertyDescriptor | undefined, target: object): unknown {
  return descriptor?.get === undefined ? descriptor?.value : descriptor.get.call(target);
}

/** Assigning to what is no accessor makes an own property, as it would without us. */
function write(
  descriptor: PropertyDescriptor | undefined,
  target: object,
  key: string | symbol,
  value: unknown,
): void {
  if (descriptor?.set !== undefined) descriptor.set.call(target, value);
  else if (descriptor?.get === undefined) {
    Object.defineProperty(target, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else throw new TypeError(`Cannot set property ${String(key)}, which has only a getter`);
}
