/** A library that has networks by name. */
export type Library = 'torchvision' | 'timm';

/** Networks that torchvision and timm have under one name; ours has `-` where theirs has `_`. */
const SHARED: readonly string[] = [
  'resnet18',
  'resnet34',
  'resnet50',
  'resnet101',
  'resnet152',
  'resnext50_32x4d',
  'resnext101_32x8d',
  'resnext101_64x4d',
  'wide_resnet50_2',
  'wide_resnet101_2',
];

/** Those that one of them alone has, or has in this form. */
const OWN: Readonly<Record<Library, readonly string[]>> = {
  torchvision: ['vgg11_bn', 'vgg16_bn', 'googlenet'],
  timm: [
    'resnet50c',
    'resnet18d',
    'resnet34d',
    'resnet50d',
    'resnet101d',
    'resnet152d',
    'seresnet18',
    'seresnet50',
    'seresnext26d_32x4d',
    'seresnext26t_32x4d',
    'seresnext50_32x4d',
    'ecaresnet50d',
    'resnetv2_18',
    'resnetv2_50',
    'resnetv2_101',
  ],
};

const namesOf = (library?: Library): readonly string[] =>
  library === undefined ? [...SHARED, ...OWN.torchvision, ...OWN.timm] : [...SHARED, ...OWN[library]];

/**
 * Our network for an architecture of torchvision or timm: `resnet50`, `resnet50.a1_in1k`, `tv_resnet50`. By the name alone, since others
 * have the same tensors and compute something else, as `resnetblur50` does.
 *
 * @param library default: either
 * @returns undefined for all others
 */
export function networkOf(architecture: string, library?: Library): string | undefined {
  const name = architecture.split('.')[0]!.replace(/^tv_/, '');
  return namesOf(library).includes(name) ? ours(name) : undefined;
}

/**
 * What torchvision or timm calls a network of ours.
 *
 * @param library default: either
 * @returns undefined for those that it doesn't have, such as the chapter's and ResNet-20
 */
export function architectureOf(network: string, library?: Library): string | undefined {
  return namesOf(library).find((name) => ours(name) === ours(network));
}

/** What transformers' `config.json` says of a network. */
export interface TransformersShape {
  depths: readonly number[];
  hiddenSizes: readonly number[];
  layerType: string;
}

/** Our network of these numbers of layers and channels; undefined for all others. */
export function networkOfShape({ depths, hiddenSizes, layerType }: TransformersShape): string | undefined {
  const shape = `${layerType} ${depths.join()} ${hiddenSizes.join()}`;
  return TRANSFORMERS[shape];
}

const BASIC = '64,128,256,512';
const BOTTLENECK = '256,512,1024,2048';

const TRANSFORMERS: Readonly<Record<string, string>> = {
  [`basic 2,2,2,2 ${BASIC}`]: 'resnet18',
  [`basic 3,4,6,3 ${BASIC}`]: 'resnet34',
  [`bottleneck 3,4,6,3 ${BOTTLENECK}`]: 'resnet50',
  [`bottleneck 3,4,23,3 ${BOTTLENECK}`]: 'resnet101',
  [`bottleneck 3,8,36,3 ${BOTTLENECK}`]: 'resnet152',
};

function ours(name: string): string {
  return name.replaceAll('_', '-');
}
