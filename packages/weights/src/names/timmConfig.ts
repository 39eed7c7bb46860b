import { WeightsError } from '../error.js';
import { architectureOf, type Library } from './architectures.js';
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
  const architecture = requireArchitecture(model, 'timm');
  return {
    architecture,
    num_classes: numClasses,
    global_pool: 'avg',
    ...(channels !== 3 && { model_args: { in_chans: channels } }),
    ...(classNames !== undefined && { label_names: classNames }),
    pretrained_cfg: {
      num_classes: numClasses,
      ...layersOf(architecture),
      ...(preprocessing && fieldsOf(preprocessing, channels)),
    },
  };
}

/** What timm calls the first convolution and the last layer, which it changes for other channels and classes. */
function layersOf(architecture: string): { first_conv: string; classifier: string } {
  if (architecture.startsWith('resnetv2')) return { first_conv: 'stem.conv', classifier: 'head.fc' };
  const isDeep = /(\d[cd]|26t)(_|$)/.test(architecture);
  return { first_conv: isDeep ? 'conv1.0' : 'conv1', classifier: 'fc' };
}

/**
 * What torchvision or timm calls a network of ours.
 *
 * @throws WeightsError `MISMATCH` for one that it doesn't have.
 */
export function requireArchitecture(model: string, library: Library): string {
  const architecture = architectureOf(model, library);
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
