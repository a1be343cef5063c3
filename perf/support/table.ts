type Cell = string | number;

/** Prints rows below each other: text to the left, numbers to the right. */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const lines = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => String(line[column]).length)),
  );
  console.log();
  for (const line of lines) {
    const cells = widths.map((width, column) => {
      const isNumber = rows.some((row) => typeof row[column] === 'number');
      const text = String(line[column] ?? '');
      return isNumber ? text.padStart(width) : text.padEnd(width);
    });
    console.log(cells.join('  ').trimEnd());
  }
}

/** `0.123` as `12 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
