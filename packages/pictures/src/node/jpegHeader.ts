import type { PictureHeader } from '../fileKinds.js';

/** Markers (ITU-T T.81, table B.1): of frames, those of baseline, extended and progressive Huffman coding. */
const FRAMES = [0xc0, 0xc1, 0xc2];
const HUFFMAN_TABLES = 0xc4;
const START_OF_SCAN = 0xda;
const QUANTIZATION_TABLES = 0xdb;
const RESTART_INTERVAL = 0xdd;
const APP0 = 0xe0;
const APP1 = 0xe1;
const APP2 = 0xe2;
const COMMENT = 0xfe;
const APP13 = 0xed;
const APP14 = 0xee;
/** What says nothing of a picture that its header has. */
const OTHERS = [HUFFMAN_TABLES, QUANTIZATION_TABLES, RESTART_INTERVAL, APP0, APP13, APP14, COMMENT];

/** Exif's (CIPA DC-008, 4.6.2 and 4.6.5): TIFF's, in the picture's own directory. */
const ORIENTATION = 0x0112;
const SHORT = 3;

/**
 * The header of a JPEG as `sharp` has it, in a tenth of the time.
 *
 * @returns undefined where anything is unusual or ends before the picture begins: then sharp has to say
 */
export function jpegHeader(bytes: Uint8Array): PictureHeader | undefined {
  return jpegFacts(bytes)?.header;
}

/** The same, and its orientation by Exif, 1 to 8: width and height are those of the upright picture. */
export function jpegFacts(bytes: Uint8Array): { header: PictureHeader; orientation: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let frame: ReturnType<typeof frameAt>;
  let orientation: number | undefined;
  let hasProfile = false;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    const start = at + 4;
    const end = at + 2 + view.getUint16(at + 2); // a segment's length counts itself, not its marker
    if (end < start || end > bytes.length) return undefined;
    if (marker === START_OF_SCAN) {
      if (frame === undefined) return undefined;
      return {
        header: { ...frame, ...turned(frame, orientation), hasProfile },
        orientation: orientation ?? 1,
      };
    }
    if (FRAMES.includes(marker)) {
      const found = end >= start + 6 ? frameAt(view, start) : undefined;
      if (frame !== undefined || found === undefined) return undefined;
      frame = found;
    } else if (marker === APP1 && begins(bytes, start, end, 'Exif')) {
      const found = orientationOf(bytes.subarray(start, end));
      if (orientation !== undefined || found === undefined) return undefined;
      orientation = found;
    } else if (marker === APP2) {
      // Others tell of several pictures in the file. 14: a profile's own head
      if (!begins(bytes, start, end, 'ICC_PROFILE\0') || end <= start + 14) return undefined;
      hasProfile = true;
    } else if (marker !== APP1 && !OTHERS.includes(marker)) {
      return undefined;
    }
    at = end;
  }
  return undefined;
}

function turned({ width, height }: PictureHeader, orientation = 1): Pick<PictureHeader, 'width' | 'height'> {
  return orientation >= 5 ? { width: height, height: width } : { width, height };
}

function frameAt(view: DataView, at: number): PictureHeader | undefined {
  const precision = view.getUint8(at);
  const height = view.getUint16(at + 1);
  const width = view.getUint16(at + 3);
  const components = view.getUint8(at + 5);
  // Without a height the picture's end tells it.
  if (precision !== 8 || height === 0 || width === 0 || ![1, 3, 4].includes(components)) return undefined;
  const channels = components === 1 ? 1 : 3;
  return { kind: 'JPEG', width, height, channels, hasAlpha: false, bits: 8, frames: 1, hasProfile: false };
}

/** 1 to 8; 1 where Exif doesn't say; undefined where it isn't as it should be. */
function orientationOf(segment: Uint8Array): number | undefined {
  const HEAD = 'Exif\0\0';
  const exif = segment.subarray(HEAD.length);
  const isLittle = begins(exif, 0, exif.length, 'II*\0');
  const isTiff = isLittle || begins(exif, 0, exif.length, 'MM\0*');
  if (!begins(segment, 0, segment.length, HEAD) || !isTiff || exif.length < 8) return undefined;
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const directory = view.getUint32(4, isLittle);
  if (directory < 8 || directory + 2 > exif.length) return undefined;
  const entries = view.getUint16(directory, isLittle);
  if (directory + 2 + 12 * entries > exif.length) return undefined;
  let orientation: number | undefined;
  for (let i = 0; i < entries; i++) {
    const at = directory + 2 + 12 * i;
    if (view.getUint16(at, isLittle) !== ORIENTATION) continue;
    const isOneShort = view.getUint16(at + 2, isLittle) === SHORT && view.getUint32(at + 4, isLittle) === 1;
    const value = view.getUint16(at + 8, isLittle);
    if (orientation !== undefined || !isOneShort || value < 1 || value > 8) return undefined;
    orientation = value;
  }
  return orientation ?? 1;
}

function begins(bytes: Uint8Array, start: number, end: number, text: string): boolean {
  if (start + text.length > end) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
