/** How a matrix product falls into workgroups and threads. Every size gives the same bits. */
export interface TileSize {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** Rows and columns of one thread. */
  readonly thread: readonly [number, number];
}

/** Of which a device has a fastest one. */
export const wideTileSizes: readonly TileSize[] = [
  { name: '64x64', rows: 64, columns: 64, depth: 16, thread: [4, 4] },
  { name: '32x32', rows: 32, columns: 32, depth: 16, thread: [4, 4] },
  { name: '128x64', rows: 128, columns: 64, depth: 16, thread: [8, 4] },
  { name: '64x64 of 64 threads', rows: 64, columns: 64, depth: 16, thread: [8, 8] },
];

/** For products of few columns, of which the wide sizes would compute most for nothing. */
export const narrowTileSizes: readonly TileSize[] = [
  { name: '64x16', rows: 64, columns: 16, depth: 16, thread: [4, 4] },
  { name: '64x32', rows: 64, columns: 32, depth: 16, thread: [4, 4] },
];

/** What a device chooses from, given its fastest wide size: the narrow ones first. */
export function tileSizesWith(wide: TileSize): readonly TileSize[] {
  return [...narrowTileSizes, wide];
}

/** The first size that holds so many columns, else the last. */
export function tileFor(columns: number, sizes: readonly TileSize[]): TileSize {
  return sizes.find((size) => columns <= size.columns) ?? sizes.at(-1)!;
}

/** The constants of matrix/tiles.wgsl. */
export function tileConstants({ rows, columns, depth, thread: [m, n] }: TileSize): Record<string, number> {
  return { TILE_M: rows, TILE_N: columns, TILE_K: depth, THREAD_M: m, VECTORS_N: n / 4 };
}
