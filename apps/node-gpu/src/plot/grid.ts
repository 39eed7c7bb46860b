import type { Normalize, Task } from '@residual/data';
import { loadDrawing, svgToPng } from './png.js';

const COLUMNS = 8;
/** Of a cell, in pixels: of its picture, of what lies between two, and of a line below. */
const [SIDE, GAP, LINE] = [128, 8, 14];

/** A picture of a grid, as PNG, and what is written below it. */
export interface GridCell {
  png: Uint8Array;
  lines: readonly string[];
}

/**
 * What a network gets as a picture again: its normalization is taken back.
 *
 * @param values [H, W, C], in a row
 * @returns a PNG
 */
export async function encodedInput(
  values: Float32Array,
  [height, width, channels]: readonly number[],
  { normalize }: Pick<Task, 'normalize'>,
): Promise<Uint8Array> {
  const raw = { height: height!, width: width!, channels: channels as 1 | 3 };
  const { default: sharp } = await loadDrawing('sharp', () => import('sharp'));
  return sharp(levelsOf(values, channels!, normalize), { raw })
    .png()
    .toBuffer();
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

/**
 * Draws pictures in rows of eight, each with its lines below.
 *
 * @param shape of each picture: height, width
 * @returns a PNG
 */
export function drawGrid(cells: readonly GridCell[], shape: readonly number[]): Promise<Uint8Array> {
  return svgToPng(gridSvg(cells, shape), 1);
}

function gridSvg(shown: readonly GridCell[], [height, width]: readonly number[]): string {
  const text = LINE * Math.max(...shown.map(({ lines }) => lines.length)) + 2;
  const scale = SIDE / Math.max(height!, width!);
  const [cellHeight, cellWidth] = [height! * scale, width! * scale];
  const cells = shown.map(({ png, lines }, i) => {
    const x = GAP + (i % COLUMNS) * (cellWidth + GAP);
    const y = GAP + Math.floor(i / COLUMNS) * (cellHeight + text + GAP);
    const href = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
    const place = `x="${x}" y="${y}" width="${cellWidth}" height="${cellHeight}"`;
    const below = lines.map((line, n) => {
      const at = `x="${x}" y="${y + cellHeight + 12 + n * LINE}" font-size="10" fill="#333"`;
      return `<text ${at}>${escapeXml(shortened(line, cellWidth))}</text>`;
    });
    return `<image ${place} preserveAspectRatio="none" image-rendering="optimizeSpeed" href="${href}"/>${below.join('')}`;
  });
  const rows = Math.ceil(shown.length / COLUMNS);
  const size = [
    GAP + Math.min(shown.length, COLUMNS) * (cellWidth + GAP),
    GAP + rows * (cellHeight + text + GAP),
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
