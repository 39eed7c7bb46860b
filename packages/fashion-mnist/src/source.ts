/** The names of the four files, as Zalando publishes them. */
export type FileName = `${'train' | 't10k'}-${'images-idx3' | 'labels-idx1'}-ubyte.gz`;

export const names: readonly FileName[] = [
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images-idx3-ubyte.gz',
  't10k-labels-idx1-ubyte.gz',
];

/** Where to read the files from, instead of from this package. Give at most one. */
export interface FashionMnistSource {
  /** A folder that holds the four `.gz` files. Node only. */
  directory?: string | URL;
  /** An address under which a server offers the four `.gz` files, such as `/data/fashion-mnist`. */
  baseUrl?: string | URL;
}

/** The most bytes that a file may have, packed or unpacked; the largest, the training pictures, has 47 million. */
export const MAX_BYTES = 64 * 2 ** 20;
