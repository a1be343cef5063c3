import type { ServerResponse } from 'node:http';
import { kPriority } from '../util/own-priority';

/** What the app wants for a response; what it leaves out is decided by weaker signals. */
export interface PriorityOverride {
  /** 0 (first) to 7 (last), as in RFC 9218. */
  readonly urgency?: number | undefined;

  /** Share the line with others of the same urgency instead of taking turns as a whole. */
  readonly incremental?: boolean | undefined;

  /** Share among incremental responses of one urgency, 1 to 256. */
  readonly weight?: number | undefined;
}

/** A class: V8 may place literals in old space, where each would keep its response. */
class Entry {
  override: PriorityOverride;
  changed: (() => void) | undefined;

  constructor(override: PriorityOverride, changed?: () => void) {
    this.override = override;
    this.changed = changed;
  }
}

type Prioritized = ServerResponse & { [kPriority]?: unknown };

const none: PriorityOverride = {};

/** What the app asked for so far. */
export function priorityOverride(res: ServerResponse): PriorityOverride {
  return entryOf(res)?.override ?? none;
}

/** Adds to what the app asked for; later calls win, also while the response is being sent. */
export function overridePriority(res: ServerResponse, given: PriorityOverride): void {
  const entry = entryOf(res);
  if (entry === undefined) {
    keep(res, new Entry(given));
    return;
  }
  entry.override = {
    urgency: given.urgency ?? entry.override.urgency,
    incremental: given.incremental ?? entry.override.incremental,
    weight: given.weight ?? entry.override.weight,
  };
  entry.changed?.();
}

/** Makes room on a response early, while V8 knows the hidden class that it has. */
export function declarePriority(res: ServerResponse): void {
  if (entryOf(res) === undefined) keep(res, new Entry(none));
}

/** Calls `changed` whenever the app asks for something else; one watcher per response. */
export function watchPriority(res: ServerResponse, changed: () => void): void {
  const entry = entryOf(res);
  if (entry === undefined) keep(res, new Entry(none, changed));
  else entry.changed = changed;
}

function entryOf(res: Prioritized): Entry | undefined {
  return res[kPriority] as Entry | undefined;
}

function keep(res: Prioritized, entry: Entry): void {
  res[kPriority] = entry;
}
