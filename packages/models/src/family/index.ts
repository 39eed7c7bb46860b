// The rest of the chapter's family, found by name once this is imported. What is not needed need not be loaded.
import { addBuiltIn } from '../registry.js';
import { familyModels } from './rows.js';

export {
  averagedShortcut,
  type ComposedBlockTypeOptions,
  channelAttention,
  composedBasicBlock,
  composedBottleneck,
  highwayBlock,
  inceptionBlock,
  paddedShortcut,
  plainBlock,
  preActivationBlock,
  preActivationBottleneck,
  squeezeExcitation,
} from './blockTypes.js';
export { d2lInception, googlenet } from './googLeNet.js';
export { DropoutHead, NormalizedHead, VggHead } from './heads.js';
export { highwayNetwork } from './highway.js';
export { cifarResNetV2, resnetv2_18, resnetv2_50, resnetv2_101, wideResNet } from './preActivation.js';
export {
  cifarPlain,
  cifarResNet,
  cifarStages,
  ecaresnet50d,
  resnet18d,
  resnet34d,
  resnet50c,
  resnet50d,
  resnet101d,
  resnet152d,
  seresnet18,
  seresnet50,
  seresnext26d_32x4d,
  seresnext26t_32x4d,
  seresnext50_32x4d,
} from './residual.js';
export { type FamilyName, familyModels } from './rows.js';
export { StagedNetwork, type StagedNetworkOptions } from './stagedNetwork.js';
export { BareStem, DeepStem, GoogLeNetStem } from './stems.js';
export { initVgg, vgg11_bn, vgg16_bn, vggStages } from './vgg.js';

addBuiltIn(Object.values(familyModels));
