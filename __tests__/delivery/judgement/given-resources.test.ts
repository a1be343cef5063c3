import { GivenResources } from '../../../lib/delivery/judgement/given-resources';

describe('GivenResources', () => {
  it('knows what each client of each connection got', () => {
    const given = new GivenResources();
    const [one, other] = [{}, {}];
    given.add(one, 'Ann', '/a.css');
    expect(given.has(one, 'Ann', '/a.css')).toBe(true);
    expect(given.has(one, 'Bob', '/a.css')).toBe(false);
    expect(given.has(other, 'Ann', '/a.css')).toBe(false);
    expect(given.listOf(one, 'Ann')).toEqual(['/a.css']);
    expect(given.listOf(one, 'Bob')).toEqual([]);
  });

  it('keeps at most 64 entries of a connection', () => {
    const given = new GivenResources();
    const connection = {};
    for (let i = 0; i < 1000; i++) given.add(connection, 'Ann', `/${i}.css`);
    expect(given.listOf(connection, 'Ann')).toHaveLength(64);
  });
});
