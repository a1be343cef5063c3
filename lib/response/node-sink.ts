import type { BodySink, Chunk, WriteCallback } from './body-stage';

/** Whose original methods are called. */
export interface NodeMethods {
  writeToNode(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean;
  endToNode(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void;
}

/** The end of the way: what passes here is Node's. */
export class NodeSink implements BodySink {
  readonly #methods: NodeMethods;

  constructor(methods: NodeMethods) {
    this.#methods = methods;
  }

  write(chunk: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): boolean {
    return this.#methods.writeToNode(chunk, encoding, callback);
  }

  end(chunk?: Chunk, encoding?: BufferEncoding, callback?: WriteCallback): void {
    this.#methods.endToNode(chunk, encoding, callback);
  }
}
