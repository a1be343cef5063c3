import { isIPv4, isIPv6 } from 'node:net';
import { Address6 } from 'ip-address';

/** How sockets that listen for both families name IPv4 clients. */
const mappedPrefix = '::ffff:';

/** `::1.2.3.4`, which was deprecated with RFC 4291. */
const ipv4Compatible = new Address6('::/96');

/**
 * The key of an address: IPv4 as it is, in whichever notation it came, IPv6 as the network of the
 * client. One client has a whole network of addresses and may use another one for each request.
 *
 * Write `ipKeyGenerator(req.ip)` where a `keyGenerator` of your own falls back to the address.
 *
 * @param ipv6Subnet Bits that name the client's network; `false`: addresses count as they are. @default 56
 */
export function ipKeyGenerator(ip: string, ipv6Subnet: number | false = 56): string {
  if (!ip.includes(':')) return ip;
  if (ip.startsWith(mappedPrefix)) {
    const mapped = ip.slice(mappedPrefix.length);
    if (isIPv4(mapped)) return mapped;
  }
  if (!isIPv6(ip)) return ip;
  const address = new Address6(ip);
  if (address.isMapped4() || (address.is4() && address.isInSubnet(ipv4Compatible))) {
    return address.to4().correctForm();
  }
  return ipv6Subnet === false ? ip : new Address6(`${ip}/${ipv6Subnet}`).networkForm();
}
