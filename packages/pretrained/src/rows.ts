import { networkOf, type Preprocessing } from '@residual/weights';
import table from './rows.json' with { type: 'json' };

/** Weights that somebody published: as much as torchvision's and timm's own packages say of them. */
export interface PretrainedRow {
  /** `torchvision/resnet50-v2`, or timm's own name, `timm/resnet50.a1_in1k`. */
  readonly name: string;
  /** A network of `@residual/models`. */
  readonly model: string;
  /** What it is published as; null where it is on the Hugging Face Hub alone. */
  readonly file: string | null;
  /** The first digits of the file's SHA-256, which its name bears; null where it bears none. */
  readonly sha256: string | null;
  /** Its repository on the Hugging Face Hub, as the file `model.safetensors`, if it is there. */
  readonly hub: string | null;
  /** An SPDX identifier in lower case, as timm states it. */
  readonly license: string;
  readonly preprocessing: Preprocessing;
}

/**
 * Every network of `@residual/models` with published weights for ImageNet's 1,000 classes that may be used for any purpose:
 * torchvision's, then timm's. Generated from these packages' own lists; nothing was downloaded or tried.
 */
export const pretrainedRows: readonly PretrainedRow[] = table.rows.map(
  ({ architecture, preprocessing, ...row }) => ({
    ...row,
    model: networkOf(architecture)!,
    preprocessing: preprocessing as unknown as Preprocessing,
  }),
);

/** The row of this name; undefined where there is none. */
export function findPretrained(name: string): PretrainedRow | undefined {
  return pretrainedRows.find((row) => row.name === name);
}
