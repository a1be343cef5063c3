import { AheadPause } from '../../lib/multiplexing/ahead-pause';
import type { GatedResponse } from '../../lib/multiplexing/gated-response';
import { FakeLoop } from './fake-loop';

const photo = { id: 1 } as GatedResponse;
const other = { id: 3 } as GatedResponse;

let loop: FakeLoop;
let held: Set<GatedResponse>;
let pause: AheadPause;

beforeEach(() => {
  loop = new FakeLoop();
  held = new Set();
  const hold = (gate: GatedResponse, isHeld: boolean) => {
    if (isHeld) held.add(gate);
    else held.delete(gate);
  };
  pause = new AheadPause({ hold }, loop);
});

test('holds what is there, and what comes, as long as a page is on its way', () => {
  pause.add(photo);
  expect(held).toEqual(new Set());
  pause.begin();
  pause.add(other);
  expect(held).toEqual(new Set([photo, other]));
  pause.end(false);
  expect(held).toEqual(new Set());
});

test('holds it for half a second longer when the page is about to be shown', () => {
  pause.add(photo);
  pause.begin();
  pause.end(true);
  loop.pass(499);
  expect(held.size).toBe(1);
  loop.pass(1);
  expect(held.size).toBe(0);
});

test('waits for the last of several pages', () => {
  pause.add(photo);
  pause.begin();
  pause.begin();
  pause.end(true);
  loop.pass(1000);
  expect(held.size).toBe(1);
  pause.begin();
  pause.end(false);
  expect(held.size).toBe(1);
  pause.end(false);
  expect(held.size).toBe(0);
});

test('holds nothing for longer than two seconds, and not again for as long, nor until all pages have left', () => {
  pause.add(photo);
  pause.begin();
  loop.pass(1500);
  pause.begin();
  loop.pass(499);
  expect(held.size).toBe(1);
  loop.pass(1);
  expect(held.size).toBe(0);
  pause.end(true);
  pause.end(true);
  loop.pass(1999);
  pause.begin();
  loop.pass(1);
  pause.begin();
  pause.add(other);
  expect(held.size).toBe(0);
  pause.end(true);
  pause.end(true);
  pause.begin();
  expect(held.size).toBe(2);
});

test('a page that left in time lets the next hold for two seconds again', () => {
  pause.add(photo);
  pause.begin();
  pause.end(true);
  loop.pass(2100);
  pause.begin();
  loop.pass(1999);
  expect(held.size).toBe(1);
});

test('lets go of what somebody waits for', () => {
  pause.add(photo);
  pause.begin();
  pause.delete(photo);
  expect(held.size).toBe(0);
});

test('holds nothing when no page is on its way', () => {
  pause.begin();
  pause.end(true);
  loop.pass(500);
  pause.add(photo);
  expect(held.size).toBe(0);
});

test('leaves no timer behind', () => {
  pause.add(photo);
  pause.begin();
  pause.end(true);
  pause.close();
  held.clear();
  loop.pass(1000);
  expect(held.size).toBe(0);
});
