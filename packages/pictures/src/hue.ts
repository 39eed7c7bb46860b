import type { RawPicture } from '@residual/data';
import { opaqueChannelsOf } from './enhance.js';

/**
 * Turns the hue of each pixel by `factor` of the circle, -0.5 to 0.5, by way of 8-bit hue, saturation and value, as Pillow has
 * them; a grey picture stays as it is.
 *
 * Source: torchvision, `_functional_pil.adjust_hue`.
 */
export function adjustHue(picture: RawPicture, factor: number): RawPicture {
  if (opaqueChannelsOf(picture) === 1) return picture;
  const { data, width, height } = picture;
  const turn = Math.trunc(factor * 255);
  const turned = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i]!;
    const green = data[i + 1]!;
    const blue = data[i + 2]!;
    const value = Math.max(red, green, blue);
    const range = value - Math.min(red, green, blue);
    const saturation = range === 0 ? 0 : Math.trunc(Math.fround(range / value) * 255);
    const hue = range === 0 ? 0 : hueOf(red, green, blue, value, range);
    writeColor(turned, i, (hue + turn) & 255, saturation, value);
  }
  return { data: turned, width, height };
}

const { fround } = Math;

/** 0 to 255. Source: Pillow, `Convert.c`, `rgb2hsv_row`, whose variables are float32 and whose constants are float64. */
function hueOf(red: number, green: number, blue: number, value: number, range: number): number {
  const r = fround((value - red) / range);
  const g = fround((value - green) / range);
  const b = fround((value - blue) / range);
  let sextant = fround(4 + g - r);
  if (red === value) sextant = fround(b - g);
  else if (green === value) sextant = fround(2 + r - b);
  const turned = sextant / 6 + 1;
  return Math.trunc(fround(turned - Math.floor(turned)) * 255);
}

/** Where red, green and blue are in each sextant, in the order of `writeColor`'s levels: value, low, falling, rising. */
const LEVELS = [
  [0, 3, 1],
  [2, 0, 1],
  [1, 0, 3],
  [1, 2, 0],
  [3, 1, 0],
  [0, 1, 2],
] as const;

const levels = new Uint8Array(4);

/** Source: Pillow, `Convert.c`, `hsv2rgb`. */
function writeColor(data: Uint8Array, at: number, hue: number, saturation: number, value: number): void {
  const sextant = Math.floor((hue * 6) / 255);
  const rest = fround((hue * 6) / 255 - sextant);
  const share = fround(saturation / 255);
  levels[0] = value;
  levels[1] = Math.round(value * (1 - share));
  levels[2] = Math.round(value * (1 - fround(share * rest)));
  levels[3] = Math.round(value * (1 - share * (1 - rest)));
  const [red, green, blue] = LEVELS[sextant % 6]!;
  data[at] = levels[red]!;
  data[at + 1] = levels[green]!;
  data[at + 2] = levels[blue]!;
}
