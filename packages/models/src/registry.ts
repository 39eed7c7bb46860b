import {
  d2lResNet18,
  type ModelFactory,
  resnet18,
  resnet20,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnext50_32x4d,
  resnext101_32x8d,
  resnext101_64x4d,
  wide_resnet50_2,
  wide_resnet101_2,
} from './factories.js';

/** A network as a row of data, under the name that a command line knows it by. */
export interface ModelDescription {
  name: string;
  /** One line for a list. */
  summary: string;
  create: ModelFactory;
  /** [H, W, C] of the pictures it was designed for. */
  inputShape: readonly [height: number, width: number, channels: number];
  /** Default. */
  numClasses: number;
  /** Trained numbers, for that input and that many classes. */
  parameters: number;
}

type Row = Pick<ModelDescription, 'summary' | 'create' | 'parameters'>;

const imageNet = (row: Row): Omit<ModelDescription, 'name'> => ({
  ...row,
  inputShape: [224, 224, 3],
  numClasses: 1000,
});

const rows = {
  'd2l-resnet18': {
    summary: "The chapter's ResNet-18, for 96x96 Fashion-MNIST",
    create: d2lResNet18,
    inputShape: [96, 96, 1],
    numClasses: 10,
    parameters: 11_178_378,
  },
  resnet20: {
    summary: 'ResNet-20 for small pictures such as 28x28 Fashion-MNIST',
    create: resnet20,
    inputShape: [28, 28, 1],
    numClasses: 10,
    parameters: 272_186,
  },
  resnet18: imageNet({ summary: 'ResNet-18', create: resnet18, parameters: 11_689_512 }),
  resnet34: imageNet({ summary: 'ResNet-34', create: resnet34, parameters: 21_797_672 }),
  resnet50: imageNet({ summary: 'ResNet-50', create: resnet50, parameters: 25_557_032 }),
  resnet101: imageNet({ summary: 'ResNet-101', create: resnet101, parameters: 44_549_160 }),
  resnet152: imageNet({ summary: 'ResNet-152', create: resnet152, parameters: 60_192_808 }),
  'resnext50-32x4d': imageNet({
    summary: 'ResNeXt-50, 32 groups of 4',
    create: resnext50_32x4d,
    parameters: 25_028_904,
  }),
  'resnext101-32x8d': imageNet({
    summary: 'ResNeXt-101, 32 groups of 8',
    create: resnext101_32x8d,
    parameters: 88_791_336,
  }),
  'resnext101-64x4d': imageNet({
    summary: 'ResNeXt-101, 64 groups of 4',
    create: resnext101_64x4d,
    parameters: 83_455_272,
  }),
  'wide-resnet50-2': imageNet({
    summary: 'Wide ResNet-50, twice as wide inside its blocks',
    create: wide_resnet50_2,
    parameters: 68_883_240,
  }),
  'wide-resnet101-2': imageNet({
    summary: 'Wide ResNet-101, twice as wide inside its blocks',
    create: wide_resnet101_2,
    parameters: 126_886_696,
  }),
} satisfies Record<string, Omit<ModelDescription, 'name'>>;

export type ModelName = keyof typeof rows;

/** All networks by name. The ImageNet ones are torchvision's, number for number. */
export const models = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, { name, ...row }]),
) as Record<ModelName, ModelDescription>;

/** Whether a name, such as one typed at a command line, is in {@link models}. */
export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(models, name);
}
