import { architectureOf, networkOf } from '@residual/weights';
import { expect, it } from 'vitest';
// Written by tooling/fixtures/torchvision_logits.py with PyTorch 2.15.0, torchvision 0.29.2 and timm 1.0.31.
import recorded from '../fixtures/torchvision.json' with { type: 'json' };
import { expectPyTorchsLogits } from './logits.js';

/** Tests that a network with torchvision's tensors gives torchvision's logits and gradients. */
export function itGivesTorchvisionsLogits(names: readonly (keyof typeof recorded.networks)[]): void {
  it.each(names)("%s: names, shapes, logits and gradients are torchvision's", async (name) => {
    const network = networkOf(name)!;
    expect(architectureOf(network)).toBe(name);
    await expectPyTorchsLogits(network, recorded.networks[name]);
  });
}
