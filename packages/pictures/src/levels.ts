import type { RawPicture } from '@residual/data';
import { channelsOf } from './grey.js';

/** What becomes of each of the 256 levels. */
export type Table = Uint8Array;

const tableOf = (levelOf: (level: number) => number): Table =>
  Uint8Array.from({ length: 256 }, (_, level) => Math.max(0, Math.min(255, levelOf(level))));

/** Every byte replaced by what the table says of it. */
export function throughTable({ data, width, height }: RawPicture, table: Table): RawPicture {
  const changed = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) changed[i] = table[data[i]!]!; // 20 times as fast as Uint8Array.from
  return { data: changed, width, height };
}

/** Keeps the `bits` highest bits, 1 to 8, of each level. Source: Pillow, `ImageOps.posterize`. */
export function posterize(picture: RawPicture, bits: number): RawPicture {
  const mask = ~(2 ** (8 - bits) - 1);
  return throughTable(
    picture,
    tableOf((level) => level & mask),
  );
}

/** The negative of every level from `threshold` on. Source: Pillow, `ImageOps.solarize`. */
export function solarize(picture: RawPicture, threshold: number): RawPicture {
  return throughTable(
    picture,
    tableOf((level) => (level < threshold ? level : 255 - level)),
  );
}

/** Stretches each channel to reach from 0 to 255. Source: Pillow, `ImageOps.autocontrast`. */
export function autocontrast(picture: RawPicture): RawPicture {
  return channelByChannel(picture, (histogram) => {
    const lowest = histogram.findIndex((count) => count > 0);
    const highest = histogram.findLastIndex((count) => count > 0);
    if (highest <= lowest) return tableOf((level) => level);
    const scale = 255 / (highest - lowest);
    const offset = -lowest * scale;
    return tableOf((level) => Math.trunc(level * scale + offset));
  });
}

/** Makes all levels of a channel about as frequent. Source: Pillow, `ImageOps.equalize`. */
export function equalize(picture: RawPicture): RawPicture {
  return channelByChannel(picture, (histogram) => {
    const pixels = histogram.reduce((sum, count) => sum + count, 0);
    const step = Math.floor((pixels - (histogram.findLast((count) => count > 0) ?? 0)) / 255);
    if (step === 0) return tableOf((level) => level);
    let before = Math.floor(step / 2);
    return tableOf((level) => {
      const equalized = Math.floor(before / step);
      before += histogram[level]!;
      return equalized;
    });
  });
}

/** Each channel through a table that is made of how often each of the 256 levels occurs in it. */
function channelByChannel(picture: RawPicture, toTable: (histogram: Uint32Array) => Table): RawPicture {
  const { data, width, height } = picture;
  const channels = channelsOf(picture);
  const changed = new Uint8Array(data.length);
  for (let channel = 0; channel < channels; channel++) {
    const histogram = new Uint32Array(256);
    for (let i = channel; i < data.length; i += channels) histogram[data[i]!]!++;
    const table = toTable(histogram);
    for (let i = channel; i < data.length; i += channels) changed[i] = table[data[i]!]!;
  }
  return { data: changed, width, height };
}
