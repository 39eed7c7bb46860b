import type { Module } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import type { ModelDescription } from '../factories.js';
import { cifarInception, cifarVgg, d2lResNeXt18 } from './compared.js';
import { d2lInception, googlenet } from './googLeNet.js';
import { highwayNetwork } from './highway.js';
import { cifarResNetV2, resnetv2_18, resnetv2_50, resnetv2_101, wideResNet } from './preActivation.js';
import * as residual from './residual.js';
import { vgg11_bn, vgg16_bn } from './vgg.js';

type Description = Omit<ModelDescription<Module<tf.Tensor4D, tf.Tensor2D>>, 'name'>;
type Row = readonly [summary: string, create: Description['create'], parameters: number];

const imageNet = ([summary, create, parameters]: Row): Description => ({
  summary,
  create,
  parameters,
  inputShape: [224, 224, 3],
  numClasses: 1000,
});

const small = ([summary, create, parameters]: Row): Description => ({
  summary,
  create,
  parameters,
  inputShape: [32, 32, 3],
  numClasses: 10,
});

const cifar = (depth: number, parameters: number) =>
  small([`ResNet-${depth} for CIFAR, shortcuts without parameters`, residual.cifarResNet(depth), parameters]);
const plain = (depth: number, parameters: number) =>
  small([
    `The plain twin of ResNet-${depth} for CIFAR, without shortcuts`,
    residual.cifarPlain(depth),
    parameters,
  ]);

const rows = {
  'cifar-resnet20': cifar(20, 269_722),
  'cifar-resnet32': cifar(32, 464_154),
  'cifar-resnet44': cifar(44, 658_586),
  'cifar-resnet56': cifar(56, 853_018),
  'cifar-resnet110': cifar(110, 1_727_962),
  'cifar-plain20': plain(20, 269_722),
  'cifar-plain32': plain(32, 464_154),
  'cifar-plain44': plain(44, 658_586),
  'cifar-plain56': plain(56, 853_018),
  'cifar-plain110': plain(110, 1_727_962),
  'cifar-resnetv2-20': small(['Pre-activation ResNet-20 for CIFAR', cifarResNetV2(20), 272_282]),
  'cifar-resnetv2-56': small(['Pre-activation ResNet-56 for CIFAR', cifarResNetV2(56), 855_578]),
  'cifar-resnetv2-110': small(['Pre-activation ResNet-110 for CIFAR', cifarResNetV2(110), 1_730_522]),
  'wrn-16-4': small(['Wide ResNet of 16 layers, 4 times as wide', wideResNet(16, 4), 2_748_890]),
  'wrn-28-10': small(['Wide ResNet of 28 layers, 10 times as wide', wideResNet(28, 10), 36_479_194]),
  highway20: small(['Highway network of 20 layers', highwayNetwork(20), 513_834]),
  highway32: small(['Highway network of 32 layers', highwayNetwork(32), 901_802]),
  'resnetv2-18': imageNet(['Pre-activation ResNet-18', resnetv2_18, 11_687_720]),
  'resnetv2-50': imageNet(['Pre-activation ResNet-50', resnetv2_50, 25_549_352]),
  'resnetv2-101': imageNet(['Pre-activation ResNet-101', resnetv2_101, 44_541_480]),
  resnet50c: imageNet(['ResNet-50-C: three 3x3 convolutions for a stem', residual.resnet50c, 25_576_264]),
  resnet18d: imageNet(['ResNet-18-D: deep stem, averaging shortcuts', residual.resnet18d, 11_708_744]),
  resnet34d: imageNet(['ResNet-34-D', residual.resnet34d, 21_816_904]),
  resnet50d: imageNet(['ResNet-50-D', residual.resnet50d, 25_576_264]),
  resnet101d: imageNet(['ResNet-101-D', residual.resnet101d, 44_568_392]),
  resnet152d: imageNet(['ResNet-152-D', residual.resnet152d, 60_212_040]),
  seresnet18: imageNet(['ResNet-18 with squeeze-and-excitation', residual.seresnet18, 11_779_624]),
  seresnet50: imageNet(['ResNet-50 with squeeze-and-excitation', residual.seresnet50, 28_088_024]),
  'seresnext26d-32x4d': imageNet([
    'ResNeXt-26-D with squeeze-and-excitation',
    residual.seresnext26d_32x4d,
    16_809_512,
  ]),
  'seresnext26t-32x4d': imageNet([
    'ResNeXt-26-D with a tiered stem and squeeze-and-excitation',
    residual.seresnext26t_32x4d,
    16_806_976,
  ]),
  'seresnext50-32x4d': imageNet([
    'ResNeXt-50 with squeeze-and-excitation',
    residual.seresnext50_32x4d,
    27_559_896,
  ]),
  ecaresnet50d: imageNet(['ResNet-50-D with ECA', residual.ecaresnet50d, 25_576_350]),
  'vgg11-bn': imageNet(['VGG-11 with batch normalisation', vgg11_bn, 132_868_840]),
  'vgg16-bn': imageNet(['VGG-16 with batch normalisation', vgg16_bn, 138_365_992]),
  googlenet: imageNet(['GoogLeNet with batch normalisation', googlenet, 6_624_904]),
  'cifar-inception': small([
    'Nine Inception blocks, with the multiplications of ResNet-20',
    cifarInception,
    278_045,
  ]),
  'cifar-vgg': small(['VGG of three stages, with the multiplications of ResNet-20', cifarVgg, 360_395]),
  'd2l-inception': {
    ...small(["Inception blocks on the chapter's stem", d2lInception, 1_753_762]),
    inputShape: [96, 96, 1],
  },
  'd2l-resnext18': {
    ...small(["The chapter's ResNet-18 of its ResNeXt blocks", d2lResNeXt18, 1_697_546]),
    inputShape: [96, 96, 1],
  },
} satisfies Record<string, Description>;

export type FamilyName = keyof typeof rows;

/** The rest of the chapter's family by name: those that torchvision or timm has are theirs, number for number. */
export const familyModels = Object.fromEntries(
  Object.entries(rows).map(([name, row]) => [name, { name, ...row }]),
) as Record<FamilyName, Description & { name: FamilyName }>;
