import type { ServerResponse } from 'node:http';
import type { StageFactory, StagePlace } from './body-stage';

/** Called once, just before the headers leave; may still change them. */
export type HeadersObserver = (res: ServerResponse) => void;

export class ResponseTap {
  /** The tap of a response; the first call makes it. */
  static of(res: ServerResponse): ResponseTap {
    return new ResponseTap(res);
  }

  private constructor(readonly res: ServerResponse) {}

  /** Registers an observer of the headers. The one registered last is called first, as in `on-headers`. */
  onHeaders(_observer: HeadersObserver): void {}

  /** Puts a stage at a place; one stage per place. */
  use(_place: StagePlace, _factory: StageFactory): void {}
}
