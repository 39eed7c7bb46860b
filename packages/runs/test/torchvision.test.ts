import { itGivesTorchvisionsLogits } from './torchvisionLogits.js';

itGivesTorchvisionsLogits(['resnet18', 'resnet34', 'resnet50', 'resnext50_32x4d']);
