import { WeightsError } from '../error.js';
import { architectureOf } from './architectures.js';
import type { HubModel, Preprocessing } from './hub.js';

/**
 * The `config.json` with which timm builds a network of ours from a folder (`timm.create_model('local-dir:...', pretrained=True)`).
 *
 * Source: timm 1.0.31, `models/_hub.py`, `save_config_for_hf` and `_parse_model_cfg`.
 *
 * @param network its `preprocessing` undefined where the task's can't be said in timm's words: the pictures are then the reader's care
 * @throws WeightsError `MISMATCH` for a network that timm doesn't have.
 */
export function timmConfig({ model, numClasses, channels, classNames, preprocessing }: HubModel): object {
  return {
    architecture: requireArchitecture(model, 'timm'),
    num_classes: numClasses,
    global_pool: 'avg',
    ...(channels !== 3 && { model_args: { in_chans: channels } }),
    ...(classNames !== undefined && { label_names: classNames }),
    pretrained_cfg: {
      num_classes: numClasses,
      first_conv: 'conv1',
      classifier: 'fc',
      ...(preprocessing && fieldsOf(preprocessing, channels)),
    },
  };
}

/**
 * What torchvision and timm call a network of ours.
 *
 * @throws WeightsError `MISMATCH` for one that they don't have.
 */
export function requireArchitecture(model: string, library: string): string {
  const architecture = architectureOf(model);
  if (architecture !== undefined) return architecture;
  throw new WeightsError('MISMATCH', {
    where: model,
    expected: `a network that ${library} has, such as resnet50`,
    received: `${model}, which it hasn't`,
    fix: 'Keep it under our own names, which the safetensors of any library reads.',
  });
}

function fieldsOf({ size, resize, interpolation, mean, standardDeviation }: Preprocessing, channels: number) {
  return {
    input_size: [channels, ...size],
    interpolation,
    crop_pct: resize === undefined ? 1 : cropShare(size[0], resize),
    crop_mode: resize === undefined ? 'squash' : 'center',
    mean,
    std: standardDeviation,
  };
}

/** A share of which timm's floor(size / share) gives the resized side again, whatever the division rounds to. */
function cropShare(size: number, resize: number): number {
  const share = size / resize;
  return Math.floor(size / share) === resize ? share : size / (resize + 0.5);
}
