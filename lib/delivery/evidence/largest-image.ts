import type { PushResource } from '../../prediction/push-rule';
import type { StartTag } from './html-tags';

/** In square pixels; Chromium takes smaller ones for icons when it decides what is urgent. */
const leastArea = 10_000;

/**
 * The image of a page that seems to be its largest paint: of those that declare their size the
 * first of the largest. Browsers learn how large images are only when the style sheets are there,
 * and fetch them late until then.
 */
export class LargestImage {
  #area = leastArea - 1;
  #image: PushResource | undefined;

  see({ attributes }: StartTag, image: PushResource): void {
    const area = pixels(attributes.get('width')) * pixels(attributes.get('height'));
    if (area <= this.#area) return;
    this.#area = area;
    this.#image = { ...image, fetchPriority: 'high' };
  }

  get image(): PushResource | undefined {
    return this.#image;
  }
}

function pixels(value = ''): number {
  return /^\d{1,5}$/.test(value) ? Number(value) : 0;
}
