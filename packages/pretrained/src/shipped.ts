/** Weights that come with this package: a model file, which says itself what network and task it is of. */
export interface ShippedRow {
  /** Such as `residual/resnet20-fashion-mnist`. */
  readonly name: string;
  /** A network of `@residual/models`. */
  readonly model: string;
  /** In this package's folder `files`. */
  readonly file: string;
  /** Of the file: 64 hexadecimal digits. */
  readonly sha256: string;
  /** An SPDX identifier in lower case; whom to name is in this package's NOTICE. */
  readonly license: string;
  /** What it comes to, and on what. */
  readonly summary: string;
}

/** All of them: small, of this project's own training, and free. */
export const shippedRows: readonly ShippedRow[] = [
  {
    name: 'residual/resnet20-fashion-mnist',
    model: 'resnet20',
    file: 'resnet20-fashion-mnist.safetensors',
    sha256: '51891334409048dbd1aa52ddff3a1af3b4adb231e3c8bbe0ec2089fc7ee87c57',
    license: 'mit',
    summary: 'clothes, 28x28 grey; 94.15 % of the test pictures',
  },
  {
    name: 'residual/resnet20-emoji',
    model: 'resnet20',
    file: 'resnet20-emoji.safetensors',
    sha256: 'c98504c47a4201ef077852729afe0d2e0242b87ae4aade50cc4946ea5bb5e10c',
    license: 'cc-by-4.0',
    summary: 'five categories of emoji, 64x64 colour, to begin others with; 81.76 % of the test pictures',
  },
];

/** The row of this name; undefined where there is none. */
export function findShipped(name: string): ShippedRow | undefined {
  return shippedRows.find((row) => row.name === name);
}
