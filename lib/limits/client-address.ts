import { isIP } from 'node:net';
import { ExpressAddress } from './express-address';
import { ipKeyGenerator } from './ip-key-generator';
import type { LimitedRequest, LimitedResponse } from './limited-request';
import type { RateLimiterOptions } from './limiter-options';
import type { LimiterReports } from './limiter-reports';
import { whenReady } from './when-ready';
import type { Eventual } from './when-ready';

/** An address kept for documentation (RFC 5737): nobody's proxy. */
const nobodysAddress = '192.0.2.1';

/** More proxies in a row than anybody has. */
const manyHops = 1000;

/** About 150 kB. */
const maxNetworks = 1000;

/** Of IPv6, with a zone. Longer texts are no addresses and may be of any length. */
const maxAddressLength = 64;

/** The key of a request by default: its address, with warnings where that may not be the client's. */
export class ClientAddress {
  readonly #subnet: Required<RateLimiterOptions>['ipv6Subnet'];
  readonly #reports: LimiterReports;
  readonly #address = new ExpressAddress();
  /** Of the IPv6 addresses that came last: to find one takes several µs. */
  readonly #networks = new Map<string, string>();
  #isFirst = true;

  constructor(subnet: Required<RateLimiterOptions>['ipv6Subnet'], reports: LimiterReports) {
    this.#subnet = subnet;
    this.#reports = reports;
  }

  keyOf(req: LimitedRequest, res: LimitedResponse): Eventual<string> {
    const ip = this.#address.of(req);
    if (this.#isFirst) this.#checkFirst(req, ip);
    this.#checkHeaders(req);
    if (!ip.includes(':')) return ip;
    const subnet = this.#subnet;
    if (typeof subnet !== 'function') return this.#networkOf(ip, subnet);
    return whenReady(subnet(req, res), (bits) => ipKeyGenerator(ip, bits));
  }

  #networkOf(ip: string, subnet: number | false): string {
    const known = this.#networks.get(ip);
    if (known !== undefined) return known;
    if (this.#networks.size >= maxNetworks) this.#networks.clear();
    const network = ipKeyGenerator(ip, subnet);
    if (ip.length <= maxAddressLength) this.#networks.set(ip, network);
    return network;
  }

  /** What holds for one request holds for the others. */
  #checkFirst(req: LimitedRequest, ip: string): void {
    this.#isFirst = false;
    const reports = this.#reports;
    if (ip === '') {
      reports.warn('ip', 'HEADSTART_NO_ADDRESS', 'a request has no address; such share one key');
    } else if (isIP(ip) === 0) {
      const advice = 'use a keyGenerator that takes the port away';
      reports.warn('ip', 'HEADSTART_INVALID_ADDRESS', `'${ip}' is no address; ${advice}`);
    }
    if (trustsAnybody(req)) {
      const message = `'trust proxy' trusts everybody, so clients choose their address by X-Forwarded-For`;
      reports.warn('trustProxy', 'HEADSTART_SPOOFABLE_KEY', message);
    }
  }

  #checkHeaders(req: LimitedRequest): void {
    const reports = this.#reports;
    if (req.headers['x-forwarded-for'] !== undefined && reports.isOpen('xForwardedForHeader')) {
      if (req.app?.get?.('trust proxy') === false) {
        const message = `X-Forwarded-For came but 'trust proxy' is off; all clients of a proxy share its address`;
        reports.warn('xForwardedForHeader', 'HEADSTART_UNTRUSTED_PROXY', message);
      }
    }
    if (req.headers['forwarded'] !== undefined && reports.isOpen('forwardedHeader')) {
      if (req.ip === req.socket?.remoteAddress) {
        const message = 'a Forwarded header came, which Express does not read; use a keyGenerator';
        reports.warn('forwardedHeader', 'HEADSTART_FORWARDED_IGNORED', message);
      }
    }
  }
}

/** Whether Express takes the word of an unknown machine, as with `true` or with the network 0.0.0.0/0. */
function trustsAnybody(req: LimitedRequest): boolean {
  const trusts = req.app?.get?.('trust proxy fn');
  return typeof trusts === 'function' && trusts(nobodysAddress, manyHops) === true;
}
