import { clientIdentity } from '../../../lib/delivery/judgement/client-identity';
import type { RoutedRequest } from '../../../lib/delivery/judgement/request-signals';

const from = (ip: string, agent = 'A'): RoutedRequest =>
  ({ ip, headers: { 'user-agent': agent }, socket: {} }) as unknown as RoutedRequest;

describe('clientIdentity', () => {
  it('tells addresses and user agents apart', () => {
    const clientOf = clientIdentity();
    const names = [from('10.0.0.1'), from('10.0.0.2'), from('10.0.0.1', 'B')].map(clientOf);
    expect(new Set(names).size).toBe(3);
    expect(clientOf(from('10.0.0.1'))).toBe(names[0]);
  });

  it('takes an IPv6 /64 for one client', () => {
    const clientOf = clientIdentity();
    expect(clientOf(from('2001:db8::1'))).toBe(clientOf(from('2001:db8:0:0:ffff::2')));
    expect(clientOf(from('2001:db8::1'))).not.toBe(clientOf(from('2001:db8:0:1::1')));
    expect(clientOf(from('::ffff:10.0.0.1'))).not.toBe(clientOf(from('::ffff:10.0.0.2')));
  });

  it('keeps nothing that could be read, and differs between processes', () => {
    const name = clientIdentity()(from('10.0.0.1'));
    expect(name).toMatch(/^[\w-]{16}$/);
    expect(clientIdentity()(from('10.0.0.1'))).not.toBe(name);
  });

  it('goes by what the application says', () => {
    const clientOf = clientIdentity((req) => req.headers['x-client'] as string);
    const one = { headers: { 'x-client': '1' } } as unknown as RoutedRequest;
    const other = { headers: { 'x-client': '2' } } as unknown as RoutedRequest;
    expect(clientOf(one)).not.toBe(clientOf(other));
  });
});
