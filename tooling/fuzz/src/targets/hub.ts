import { parseHubConfig } from '../../../../packages/weights/src/names/hub.js';
import type { Target } from '../parser.ts';
import { eachOf, json, textOf } from './inputs.ts';

const pretrained = {
  input_size: [3, 224, 224],
  crop_pct: 0.95,
  crop_mode: 'center',
  interpolation: 'bicubic',
  mean: [0.5, 0.5, 0.5],
  std: [0.2, 0.2, 0.2],
};
const transformers = {
  model_type: 'resnet',
  depths: [3, 4, 6, 3],
  hidden_sizes: [256, 512, 1024, 2048],
  layer_type: 'bottleneck',
  hidden_act: 'relu',
  id2label: { 0: 'a', 1: 'b' },
  num_channels: 3,
};
const processor = {
  image_processor_type: 'ConvNextImageProcessor',
  size: { shortest_edge: 224 },
  resample: 3,
  crop_pct: 0.875,
  image_mean: [0.5, 0.5, 0.5],
  image_std: [0.2, 0.2, 0.2],
};

/** Each input as the one file and as the other. */
export const target: Target = {
  seeds: () => [
    json({ architecture: 'resnet50', num_classes: 2, label_names: ['a', 'b'], pretrained_cfg: pretrained }),
    json({
      architecture: 'resnet18',
      model_args: { in_chans: 1 },
      num_classes: 3,
      ...pretrained,
      crop_mode: 'squash',
      crop_pct: 1,
    }),
    json({ architecture: 'resnet18', model_args: { stem: 1 } }),
    json({ ...transformers, num_labels: 2 }),
    json({ ...transformers, downsample_in_bottleneck: true }),
    json({ ...transformers, depths: [9] }),
    json(processor),
    json({ ...processor, size: 224 }),
    json({}),
  ],
  parse: (bytes) =>
    eachOf(
      () => parseHubConfig(textOf(bytes), 'config.json'),
      () => parseHubConfig(JSON.stringify(transformers), 'config.json', textOf(bytes)),
    ),
  isJson: true,
};
