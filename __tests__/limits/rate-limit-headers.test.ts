import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { RateLimitHeaders } from '../../lib/limits/rate-limit-headers';
import type { HeaderChoice } from '../../lib/limits/rate-limit-headers';
import { RateLimitInfo } from '../../lib/limits/rate-limit-info';

const info = (limit: number, key = 'ann') => new RateLimitInfo(limit, 1, limit - 1, undefined, key);

function make(choice: Partial<HeaderChoice>) {
  const headers = new RateLimitHeaders({
    draft: undefined,
    hasLegacyHeaders: false,
    windowMs: 90_000,
    ...choice,
  });
  const answer = () => new ServerResponse(new IncomingMessage(new Socket()));
  return { headers, answer };
}

describe('RateLimitHeaders', () => {
  it('tell each request its own limit, though limits differ', () => {
    const { headers, answer } = make({ hasLegacyHeaders: true, draft: 'draft-6' });
    const told = [5, 100, 5].map((limit) => {
      const res = answer();
      headers.set(res, info(limit), 30);
      return [res.getHeader('x-ratelimit-limit'), res.getHeader('ratelimit-policy')];
    });
    expect(told).toEqual([
      ['5', '5;w=90'],
      ['100', '100;w=90'],
      ['5', '5;w=90'],
    ]);
  });

  it('name the policy by limit and window, or as they are told', () => {
    const { headers, answer } = make({ draft: 'draft-8' });
    const [first, second] = [answer(), answer()];
    headers.set(first, info(5), 30);
    headers.set(second, info(7), 30, 'login');
    expect(first.getHeader('ratelimit')).toBe('"5-in-1.5min"; r=4; t=30');
    expect(second.getHeader('ratelimit')).toBe('"login"; r=6; t=30');
  });

  it('put the policies of several limiters beside each other', () => {
    const { headers, answer } = make({ draft: 'draft-8' });
    const res = answer();
    headers.set(res, info(5), 30, 'one');
    headers.set(res, info(9), 30, 'two');
    expect(res.getHeader('ratelimit')).toEqual(['"one"; r=4; t=30', '"two"; r=8; t=30']);
    expect(res.getHeader('ratelimit-policy')).toHaveLength(2);
  });
});
