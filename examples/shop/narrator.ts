import type { ServerPushManager } from 'headstart';

const verbs = {
  push: 'pushed  ',
  'early-hints': 'hinted  ',
  'link-header': 'linked  ',
  'speculation-rules': 'next    ',
  'prefetch-link': 'ahead   ',
} as const;

/** Long enough for one page to load; what it taught is then told in one line. */
const quietMs = 1000;

/** Prints one line for what a page view taught, and one for what a page was given. */
export function narrate(delivery: ServerPushManager, print: (line: string) => void): void {
  const learned = new Map<string, string[]>();

  function tellLearned(): void {
    for (const [page, targets] of learned) print(`learned   ${page} needs ${kinds(targets)}`);
    learned.clear();
  }

  delivery.on('learned', ({ page, target }) => {
    if (learned.size === 0) setTimeout(tellLearned, quietMs).unref();
    learned.set(page, [...(learned.get(page) ?? []), target]);
  });
  delivery.on('delivered', ({ page, means, targets }) => {
    print(`${verbs[means]}  ${page} ${shortList(targets)}`);
  });
}

/** Names of the first files and the number of the others. */
function shortList(targets: readonly string[]): string {
  const names = targets.map((target) => target.slice(target.lastIndexOf('/') + 1));
  const shown = names.slice(0, 4).join(', ');
  return names.length > 4 ? `${shown} and ${names.length - 4} more` : shown;
}

/** How many files there are of each kind: `3 css, 5 js`. */
function kinds(targets: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const target of targets) {
    const kind = target.slice(target.lastIndexOf('.') + 1);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ');
}
