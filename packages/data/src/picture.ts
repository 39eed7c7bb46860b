/**
 * A decoded picture as browsers (`ImageData`) and decoders give it: 8 bits a channel, rows from top to bottom.
 * The number of channels is the length divided by the area: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA.
 */
export interface RawPicture {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}
