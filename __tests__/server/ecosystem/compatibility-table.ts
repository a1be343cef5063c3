import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expressVersions } from '../../support/express-versions';
import { transports } from '../../support/transports';
import { applies } from './compatibility-case';
import type { CompatibilityCase, CompatibilityGroup } from './compatibility-case';

const packageNames = { 5: 'express', 4: 'express4' } as const;

function versionOf(name: string): string {
  const file = join(__dirname, '../../../node_modules', name, 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

const isCovered =
  (cases: readonly CompatibilityCase[]) =>
  (major: 4 | 5, httpVersion: '1.1' | '2.0'): boolean =>
    cases.some((testCase) => applies(testCase, major, httpVersion));

function lineOf({ package: name, part, cases }: CompatibilityGroup): string {
  const runs = isCovered(cases);
  const majors = expressVersions
    .map(([major]) => major)
    .filter((major) => runs(major, '1.1') || runs(major, '2.0'));
  const ways = transports.filter(({ httpVersion }) =>
    majors.some((major) => runs(major, httpVersion)),
  );
  const subject = part ?? `\`${name}\` ${versionOf(name)}`;
  const express = majors.map((major) => versionOf(packageNames[major])).join(', ');
  const over = ways.length === transports.length ? 'all' : ways.map((way) => way.name).join(', ');
  const titles = cases.map(({ title, httpVersion, express: only }) => {
    const limits = [
      httpVersion !== undefined && ways.length === transports.length && `HTTP/${httpVersion}`,
      only !== undefined && `Express ${only.join(', ')}`,
    ].filter((limit) => limit !== false);
    return limits.length === 0 ? title : `${title} (${limits.join(', ')})`;
  });
  return `| ${subject} | ${express} | ${over} | ${titles.join('; ')} |`;
}

/** The table of the docs: a line for each group of cases. */
export function compatibilityTable(groups: readonly CompatibilityGroup[]): string {
  return [
    `"All" transports are: ${transports.map(({ name }) => name).join(', ')}.`,
    '',
    '| What | Express | Transports | Tested: it … |',
    '| --- | --- | --- | --- |',
    ...groups.map(lineOf),
  ].join('\n');
}
