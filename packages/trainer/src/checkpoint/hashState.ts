import { breather } from '../breathe.js';
import type { StateHash } from '../events.js';
import { type CheckpointState, type CheckpointTensors, namedTensors } from './checkpoint.js';
import { hex } from './digest.js';

/**
 * Hashes what a run's later bits follow from, and its history: the tensors, where it stands and what it has measured. Not what computed
 * it, nor when it was saved.
 *
 * @param before the chain so far
 */
export async function hashState(
  tensors: CheckpointTensors,
  { step, epoch, batch, history, best, epochSums, swaEpochs }: CheckpointState,
  before = '',
): Promise<StateHash> {
  const breathe = breather();
  const lines = [JSON.stringify({ step, epoch, batch, history, best, epochSums, swaEpochs })];
  for (const [name, { shape, data }] of namedTensors(tensors)) {
    lines.push(
      `${name} [${shape}] ${await hex(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))}`,
    );
    await breathe();
  }
  const text = new TextEncoder();
  const sha256 = await hex(text.encode(lines.join('\n')));
  return { sha256, chain: await hex(text.encode(before + sha256)) };
}
