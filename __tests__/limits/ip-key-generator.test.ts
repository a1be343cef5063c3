import { ipKeyGenerator } from '../../lib/limits/ip-key-generator';

describe('ipKeyGenerator', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['::192.0.2.7', '192.0.2.7'],
    ['2001:db8:1234:5678::192.0.2.7', '2001:db8:1234:5600::/56'],
    ['2001:DB8:1234:5678:9:a:b:c', '2001:db8:1234:5600::/56'],
    ['::1', '::/56'],
    ['', ''],
    ['no address:80', 'no address:80'],
  ])('gives %j the key %j', (ip, key) => {
    expect(ipKeyGenerator(ip)).toBe(key);
  });

  it('takes another prefix, or none', () => {
    expect(ipKeyGenerator('2001:db8:1234:5678::1', 64)).toBe('2001:db8:1234:5678::/64');
    expect(ipKeyGenerator('2001:db8:1234:5678::1', false)).toBe('2001:db8:1234:5678::1');
  });
});
