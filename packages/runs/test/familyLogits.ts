import { it } from 'vitest';
import '@residual/models/family';
import '@residual/weights/family';
// Written by tooling/fixtures/family_logits.py with PyTorch 2.15.0, torchvision 0.29.2 and timm 1.0.31.
import recorded from '../fixtures/family.json' with { type: 'json' };
import { expectPyTorchsLogits, type RecordedNetwork } from './logits.js';

const networks: Readonly<Record<string, RecordedNetwork>> = recorded.networks;

export const recordedNames = Object.keys(networks);

/** Tests that a network gives the logits and gradients of torchvision's or timm's, or of plain PyTorch modules. */
export function itGivesPyTorchsLogits(names: readonly string[]): void {
  it.each(names)("%s: names, shapes, logits and gradients are PyTorch's", (name) =>
    // torchvision's and timm's names have `_` where ours have `-`.
    expectPyTorchsLogits(name.replaceAll('_', '-'), networks[name]!, (lines) => lines.sort()),
  );
}
