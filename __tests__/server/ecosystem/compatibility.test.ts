import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { areas } from './areas';
import { compatibilityTable } from './compatibility-table';

const file = join(__dirname, '../../../docs/compatibility.md');
const begin = `<!-- The tests write what follows: UPDATE_DOCS=1 npx jest compatibility -->
<!-- prettier-ignore-start -->`;
const end = '<!-- prettier-ignore-end -->';

test('docs/compatibility.md says what the tests cover', () => {
  const page = readFileSync(file, 'utf8');
  const [before, rest = ''] = page.split(begin);
  const [, after] = rest.split(end);
  const expected = `${before}${begin}\n\n${compatibilityTable(areas)}\n\n${end}${after}`;
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(file, expected);
  expect(readFileSync(file, 'utf8')).toBe(expected);
});

test('every case has a title of its own within its group', () => {
  for (const { cases } of areas) {
    const titles = cases.map(({ title }) => title);
    expect(new Set(titles).size).toBe(titles.length);
  }
});
