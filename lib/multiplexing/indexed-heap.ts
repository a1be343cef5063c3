/** What a node must carry so that the heap can find it again. */
export interface HeapNode {
  /** Place in the heap's array, or -1 outside. Belongs to the heap. */
  heapIndex: number;
}

/** Binary min-heap that can remove or reorder any of its nodes in O(log n). */
export class IndexedHeap<T extends HeapNode> {
  readonly #nodes: T[] = [];
  readonly #isBefore: (a: T, b: T) => boolean;

  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  get size(): number {
    return this.#nodes.length;
  }

  peek(): T | undefined {
    return this.#nodes[0];
  }

  push(node: T): void {
    this.#nodes.push(node);
    this.#rise(node, this.#nodes.length - 1);
  }

  remove(node: T): void {
    const index = node.heapIndex;
    const last = this.#nodes.pop();
    node.heapIndex = -1;
    if (last === undefined || last === node) return;
    last.heapIndex = index;
    this.reorder(last);
  }

  /** Restores the order after what `isBefore` compares has changed in one node. */
  reorder(node: T): void {
    if (!this.#rise(node, node.heapIndex)) this.#sink(node, node.heapIndex);
  }

  #rise(node: T, from: number): boolean {
    let index = from;
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = this.#nodes[above];
      if (parent === undefined || !this.#isBefore(node, parent)) break;
      this.#place(parent, index);
      index = above;
    }
    this.#place(node, index);
    return index !== from;
  }

  #sink(node: T, from: number): void {
    let index = from;
    for (;;) {
      const left = this.#nodes[2 * index + 1];
      const right = this.#nodes[2 * index + 2];
      const child =
        left !== undefined && right !== undefined && this.#isBefore(right, left) ? right : left;
      if (child === undefined || !this.#isBefore(child, node)) break;
      const below = child.heapIndex;
      this.#place(child, index);
      index = below;
    }
    this.#place(node, index);
  }

  #place(node: T, index: number): void {
    this.#nodes[index] = node;
    node.heapIndex = index;
  }
}
