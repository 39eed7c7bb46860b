// What a plain JPEG says before its coded data (ITU-T T.81, annex B; JFIF 1.02; libjpeg-turbo, `jdmarker.c`).

import { buildTable, MOST_OF_FIRST, MOST_OF_OTHERS, placeOf, TABLE_BYTES } from './bits';

const BASELINE: i32 = 0xc0;
const EXTENDED: i32 = 0xc1;
const HUFFMAN_TABLES: i32 = 0xc4;
const START_OF_SCAN: i32 = 0xda;
const QUANTIZATION_TABLES: i32 = 0xdb;
const RESTART_INTERVAL: i32 = 0xdd;
const APP0: i32 = 0xe0;
const APP14: i32 = 0xee;
const APP15: i32 = 0xef;
const COMMENT: i32 = 0xfe;

/** Of letters, the first one lowest. */
const JFIF: u32 = 0x4649464a;
const ADOB: u32 = 0x626f6441;

/** Of 64 steps, int16. */
const STEPS_BYTES: usize = 128;
const steps = memory.data(4 * 128, 16);
/** Two for first coefficients, two for the others. */
const codes = memory.data(4 * TABLE_BYTES, 16);

let definedSteps: i32 = 0;
let definedCodes: i32 = 0;
export let interval: i32 = 0;
let hasFrame: bool = false;
let isJfif: bool = false;
/** Adobe's word on colours: 1 is YCbCr; -1 where it says nothing. */
let transform: i32 = -1;

export let width: i32 = 0;
export let height: i32 = 0;
/** Components: one of brightness, or two of colour as well. */
export let channels: i32 = 0;
/** Of brightness, for one of colour. */
export let across: i32 = 0;
export let down: i32 = 0;
/** Of each component: its name, its steps, its tables of codes. */
let id0: i32, id1: i32, id2: i32;
export let steps0: usize, steps1: usize, steps2: usize;
export let first0: usize, first1: usize, first2: usize;
export let others0: usize, others1: usize, others2: usize;

/**
 * Reads all segments up to the coded data.
 *
 * @returns where the data begin; 0 for what is unusual or damaged in any way
 */
export function readHeader(input: usize, end: usize): usize {
  definedSteps = 0;
  definedCodes = 0;
  interval = 0;
  hasFrame = false;
  isJfif = false;
  transform = -1;
  if (end < input + 4 || (load<u32>(input) & 0xffffff) != 0xffd8ff) return 0;
  let at = input + 2;
  while (at + 4 <= end && load<u8>(at) == 0xff) {
    const marker = <i32>load<u8>(at + 1);
    const start = at + 4;
    at += 2 + <usize>u16At(at + 2);
    if (at < start || at > end) return 0;
    if (marker == START_OF_SCAN) return scanHeader(start, at) ? at : 0;
    if (!segment(marker, start, at)) return 0;
  }
  return 0;
}

function u16At(at: usize): i32 {
  return (<i32>load<u8>(at) << 8) | <i32>load<u8>(at + 1);
}

function segment(marker: i32, at: usize, end: usize): bool {
  if (marker == BASELINE || marker == EXTENDED) return frame(at, end);
  if (marker == QUANTIZATION_TABLES) return quantization(at, end);
  if (marker == HUFFMAN_TABLES) return huffman(at, end);
  if (marker == RESTART_INTERVAL) {
    interval = u16At(at);
    return end == at + 2;
  }
  if (marker == APP0 && end >= at + 14 && load<u32>(at) == JFIF && load<u8>(at + 4) == 0) {
    isJfif = true;
    if (load<u8>(at + 5) != 1) return false; // its version
  }
  if (marker == APP14 && end >= at + 12 && load<u32>(at) == ADOB && load<u8>(at + 4) == 0x65) {
    transform = <i32>load<u8>(at + 11);
  }
  return (marker >= APP0 && marker <= APP15) || marker == COMMENT;
}

function quantization(at: usize, end: usize): bool {
  while (at < end) {
    const which = <i32>load<u8>(at++);
    if (which > 3 || at + 64 > end) return false; // of 8 bits each
    const table = steps + STEPS_BYTES * <usize>which;
    for (let k = 0; k < 64; k++) store<u16>(table + placeOf(k), <u16>load<u8>(at++));
    definedSteps |= 1 << which;
  }
  return true;
}

function huffman(at: usize, end: usize): bool {
  while (at < end) {
    const which = <i32>load<u8>(at++);
    const table = ((which >> 4) << 1) | (which & 15);
    if ((which & 15) > 1 || which >> 4 > 1 || at + 16 > end) return false;
    let symbols = 0;
    for (let i: usize = 0; i < 16; i++) symbols += <i32>load<u8>(at + i);
    if (symbols > 256 || at + 16 + <usize>symbols > end) return false;
    if (!buildTable(codes + TABLE_BYTES * <usize>table, at, symbols, which >> 4 ? MOST_OF_OTHERS : MOST_OF_FIRST)) return false;
    definedCodes |= 1 << table;
    at += 16 + <usize>symbols;
  }
  return true;
}

function frame(at: usize, end: usize): bool {
  if (hasFrame || end < at + 6) return false;
  hasFrame = true;
  height = u16At(at + 1);
  width = u16At(at + 3);
  channels = <i32>load<u8>(at + 5);
  if (load<u8>(at) != 8 || height == 0 || width == 0 || end != at + 6 + 3 * <usize>channels) return false;
  id0 = <i32>load<u8>(at + 6);
  steps0 = stepsAt(at + 8);
  across = 1;
  down = 1;
  const h = <i32>load<u8>(at + 7) >> 4;
  const v = <i32>load<u8>(at + 7) & 15;
  if (channels == 1) return steps0 != 0 && h > 0 && h < 5 && v > 0 && v < 5; // which says nothing of a single component
  if (channels != 3) return false;
  across = h;
  down = v;
  id1 = <i32>load<u8>(at + 9);
  id2 = <i32>load<u8>(at + 12);
  steps1 = stepsAt(at + 11);
  steps2 = stepsAt(at + 14);
  // 4:4:4, 4:2:2 or 4:2:0; fewer than three columns of colour are widened in another way.
  const isUsual = (across == 1 && down == 1) || (across == 2 && (down == 1 || down == 2) && width > 4);
  return isUsual && load<u8>(at + 10) == 0x11 && load<u8>(at + 13) == 0x11 && steps0 != 0 && steps1 != 0 && steps2 != 0;
}

/** The steps that a component names; 0 for none. A file that defines them later is unusual. */
function stepsAt(at: usize): usize {
  const which = <i32>load<u8>(at);
  return which < 4 && definedSteps & (1 << which) ? steps + STEPS_BYTES * <usize>which : 0;
}

function scanHeader(at: usize, end: usize): bool {
  if (!hasFrame || <i32>load<u8>(at) != channels || end != at + 4 + 2 * <usize>channels) return false;
  if (load<u8>(end - 3) != 0 || load<u8>(end - 2) != 63 || load<u8>(end - 1) != 0) return false;
  if (<i32>load<u8>(at + 1) != id0 || !hasCodes(at + 2)) return false;
  first0 = firstAt(at + 2);
  others0 = othersAt(at + 2);
  if (channels == 1) return true;
  if (<i32>load<u8>(at + 3) != id1 || !hasCodes(at + 4) || <i32>load<u8>(at + 5) != id2 || !hasCodes(at + 6)) return false;
  first1 = firstAt(at + 4);
  others1 = othersAt(at + 4);
  first2 = firstAt(at + 6);
  others2 = othersAt(at + 6);
  // Where neither says it, components called 1, 2, 3 are Y, Cb, Cr (libjpeg's `default_decompress_parms`).
  if (isJfif) return transform == -1 || transform == 1;
  return transform == 1 || (transform == -1 && id0 == 1 && id1 == 2 && id2 == 3);
}

function hasCodes(at: usize): bool {
  const which = <i32>load<u8>(at);
  const first = which >> 4;
  const others = which & 15;
  return first < 2 && others < 2 && (definedCodes & (1 << first)) != 0 && (definedCodes & (4 << others)) != 0;
}

function firstAt(at: usize): usize {
  return codes + TABLE_BYTES * <usize>(load<u8>(at) >> 4);
}

function othersAt(at: usize): usize {
  return codes + TABLE_BYTES * <usize>(2 + (load<u8>(at) & 15));
}
