import type { LoadedData, Normalize } from '@residual/data';
import { type RunConfig, runData } from '@residual/runs';
import sharp from 'sharp';
import { svgToPng } from './png.js';

const PICTURES = 32;
const COLUMNS = 8;
/** Of a cell, in pixels: of its picture, of what lies between two, and of the name below. */
const [SIDE, GAP, NAME] = [128, 8, 16];

interface Shown {
  png: Uint8Array;
  className: string;
}

/**
 * Draws the first pictures of a run's first epoch as the network gets them: after the task's steps and those of training, with the
 * normalization taken back. A backend must have been started.
 *
 * @returns a PNG; how many pictures it shows
 */
export async function previewPng(
  config: RunConfig,
  data: LoadedData,
): Promise<{ png: Uint8Array; count: number }> {
  const { train, prepare, inputShape } = runData(config, data);
  const shown: Shown[] = [];
  for await (const batch of train.epoch(0)) {
    const x = prepare(batch); // [B, H, W, C]
    const values = await x.data<'float32'>();
    x.dispose();
    const size = inputShape[0] * inputShape[1] * inputShape[2];
    for (let i = 0; i < batch.size && shown.length < PICTURES; i++) {
      const levels = levelsOf(
        values.subarray(i * size, (i + 1) * size),
        inputShape[2],
        config.task.normalize,
      );
      const className = config.task.classNames[batch.labels[i]!]!;
      shown.push({ png: await encoded(levels, inputShape), className });
    }
    if (shown.length === PICTURES) break;
  }
  return { png: svgToPng(gridSvg(shown, inputShape), 1), count: shown.length };
}

/** Bytes again, of values that were levels / 255, less the mean, by the deviation. */
function levelsOf(values: Float32Array, channels: number, normalize: Normalize | null): Uint8Array {
  return Uint8Array.from(values, (value, i) => {
    const channel = i % channels;
    const level = normalize
      ? value * normalize.standardDeviation[channel]! + normalize.mean[channel]!
      : value;
    return Math.min(255, Math.max(0, Math.round(255 * level)));
  });
}

function encoded(levels: Uint8Array, [height, width, channels]: readonly number[]): Promise<Uint8Array> {
  const raw = { height: height!, width: width!, channels: channels as 1 | 3 };
  return sharp(levels, { raw }).png().toBuffer();
}

function gridSvg(shown: readonly Shown[], [height, width]: readonly number[]): string {
  const scale = SIDE / Math.max(height!, width!);
  const [cellHeight, cellWidth] = [height! * scale, width! * scale];
  const cells = shown.map(({ png, className }, i) => {
    const x = GAP + (i % COLUMNS) * (cellWidth + GAP);
    const y = GAP + Math.floor(i / COLUMNS) * (cellHeight + NAME + GAP);
    const href = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
    const place = `x="${x}" y="${y}" width="${cellWidth}" height="${cellHeight}"`;
    const name = `x="${x}" y="${y + cellHeight + 12}" font-size="10" fill="#333"`;
    return (
      `<image ${place} preserveAspectRatio="none" image-rendering="optimizeSpeed" href="${href}"/>` +
      `<text ${name}>${escapeXml(shortened(className, cellWidth))}</text>`
    );
  });
  const rows = Math.ceil(shown.length / COLUMNS);
  const size = [
    GAP + Math.min(shown.length, COLUMNS) * (cellWidth + GAP),
    GAP + rows * (cellHeight + NAME + GAP),
  ].map(Math.ceil);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" font-family="DejaVu Sans">` +
    `<rect width="100%" height="100%" fill="#fff"/>${cells.join('')}</svg>`
  );
}

/** As much of a name as fits: a letter of the font is about 6 pixels wide. */
function shortened(name: string, width: number): string {
  const most = Math.max(1, Math.floor(width / 6));
  return name.length > most ? `${name.slice(0, most - 1)}…` : name;
}

function escapeXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return text.replace(/[&<>"]/g, (character) => entities[character]!).replace(/\p{Cc}/gu, ' ');
}
