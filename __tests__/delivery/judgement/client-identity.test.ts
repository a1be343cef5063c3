import {
  type ClientIdentity,
  clientIdentity,
} from '../../../lib/delivery/judgement/client-identity';
import type { RoutedRequest } from '../../../lib/delivery/judgement/request-signals';

const from = (ip: string, agent = 'A'): RoutedRequest =>
  ({ ip, headers: { 'user-agent': agent }, socket: {} }) as unknown as RoutedRequest;

const nameOf = (identity: ClientIdentity) => (req: RoutedRequest) => identity(req).client;

describe('clientIdentity', () => {
  it('tells addresses and user agents apart', () => {
    const clientOf = nameOf(clientIdentity());
    const names = [from('10.0.0.1'), from('10.0.0.2'), from('10.0.0.1', 'B')].map(clientOf);
    expect(new Set(names).size).toBe(3);
    expect(clientOf(from('10.0.0.1'))).toBe(names[0]);
  });

  it('takes an IPv6 /64 for one client', () => {
    const clientOf = nameOf(clientIdentity());
    expect(clientOf(from('2001:db8::1'))).toBe(clientOf(from('2001:db8:0:0:ffff::2')));
    expect(clientOf(from('2001:db8::1'))).not.toBe(clientOf(from('2001:db8:0:1::1')));
    expect(clientOf(from('::ffff:10.0.0.1'))).not.toBe(clientOf(from('::ffff:10.0.0.2')));
  });

  it('keeps nothing that could be read, and differs between processes', () => {
    const name = nameOf(clientIdentity())(from('10.0.0.1'));
    expect(name).toMatch(/^[\w-]{16}$/);
    expect(nameOf(clientIdentity())(from('10.0.0.1'))).not.toBe(name);
  });

  it('goes by what the application says', () => {
    const clientOf = nameOf(clientIdentity((req) => req.headers['x-client'] as string));
    const one = { headers: { 'x-client': '1' }, socket: {} } as unknown as RoutedRequest;
    const other = { headers: { 'x-client': '2' }, socket: {} } as unknown as RoutedRequest;
    expect(clientOf(one)).not.toBe(clientOf(other));
  });

  it('gathers an IPv4 /24 and an IPv6 /48 into one network', () => {
    const networkOf = (ip: string) => identity(from(ip)).network;
    const identity = clientIdentity();
    expect(networkOf('203.0.113.1')).toBe(networkOf('203.0.113.77'));
    expect(networkOf('::ffff:203.0.113.1')).toBe(networkOf('203.0.113.1'));
    expect(networkOf('203.0.113.1')).not.toBe(networkOf('203.0.114.1'));
    expect(networkOf('2001:db8:5:1::1')).toBe(networkOf('2001:db8:5:2::9'));
    expect(networkOf('2001:db8:5::1')).not.toBe(networkOf('2001:db8:6::1'));
  });

  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.20.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '::1',
    'fd00::1',
    '',
  ])('sees no network behind %s, where neighbours and proxies are', (ip) => {
    expect(clientIdentity()(from(ip)).network).toBeUndefined();
  });
});
