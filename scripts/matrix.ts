/**
 * Runs the test suite on several versions of Node and prints one table:
 *
 *     npm run test:matrix            # 20, 22, 24 and 26
 *     npm run test:matrix -- 22 26
 *
 * Each Node comes from npm's `node` package and is kept in `node_modules/.cache`. The version that
 * runs this script is used as it is. Tests whose outcome does not depend on Node are left out:
 * `npm test` runs them once.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';

const supported = ['20', '22', '24', '26'];

/** What the compiler and npm say of sources and package does not depend on Node. */
const onlyOnce = '/__tests__/(architecture\\.|package/|types/)';

/** A suite that hangs, or leaves something open that keeps jest from ending, is cut off. */
const suiteTimeoutMs = 6 * 60_000;

const root = join(__dirname, '..');
const cache = join(root, 'node_modules', '.cache', 'headstart-matrix');

interface Outcome {
  readonly node: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
}

/** The part of jest's `--json` report that is read here. */
interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  /** Files that could not be run at all. */
  readonly numRuntimeErrorTestSuites: number;
}

function nodeBinary(version: string): string {
  if (process.versions.node.split('.')[0] === version) return process.execPath;
  const folder = join(cache, version);
  const binary = join(folder, 'node_modules', 'node', 'bin', 'node');
  if (existsSync(binary)) return binary;
  console.log(`Getting Node ${version} …`);
  mkdirSync(folder, { recursive: true });
  // The package's install script puts the binary in its place; npm 12 asks to allow it by name.
  const manifest = { private: true, allowScripts: { node: true } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  const args = ['install', '--no-audit', '--no-fund', '--no-save', '--ignore-scripts=false'];
  execFileSync('npm', [...args, `node@${version}`], { cwd: folder, stdio: 'inherit' });
  return binary;
}

function runSuite(version: string): Outcome {
  const started = performance.now();
  const reportFile = join(cache, `report-${version}.json`);
  try {
    const binary = nodeBinary(version);
    const node = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
    console.log(`\n== Node ${node}`);
    rmSync(reportFile, { force: true });
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const patterns = ['--testPathIgnorePatterns', '/node_modules/', onlyOnce];
    const { status, signal } = spawnSync(
      binary,
      [jest, '--json', `--outputFile=${reportFile}`, ...patterns],
      {
        cwd: root,
        // Programs that tests start by name get the same Node.
        env: { ...process.env, PATH: [dirname(binary), process.env.PATH].join(delimiter) },
        stdio: ['ignore', 'ignore', 'inherit'],
        timeout: suiteTimeoutMs,
      },
    );
    if (signal !== null) console.error(`jest did not end by itself (${signal})`);
    const report = JSON.parse(readFileSync(reportFile, 'utf8')) as JestReport;
    const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
    return {
      node,
      passed: report.numPassedTests,
      failed: status === 0 ? failed : Math.max(failed, 1),
      skipped: report.numPendingTests,
      seconds: secondsSince(started),
    };
  } catch (error) {
    console.error(error);
    return {
      node: `v${version}`,
      passed: 0,
      failed: 1,
      skipped: 0,
      seconds: secondsSince(started),
    };
  }
}

function secondsSince(started: number): number {
  return Math.round((performance.now() - started) / 1000);
}

function main(versions: readonly string[]): void {
  const unknown = versions.find((version) => !supported.includes(version));
  if (unknown !== undefined) {
    console.error(`matrix: version must be one of ${supported.join(', ')}, got ${unknown}`);
    process.exitCode = 2;
    return;
  }
  mkdirSync(cache, { recursive: true });
  const outcomes = versions.map(runSuite);
  console.table(Object.fromEntries(outcomes.map(({ node, ...counts }) => [node, counts])));
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const failed = outcomes.reduce((sum, outcome) => sum + outcome.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  if (failed > 0 || passed === 0) process.exitCode = 1;
}

const wanted = process.argv.slice(2);
main(wanted.length > 0 ? wanted : supported);
