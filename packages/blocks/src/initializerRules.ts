import { type Initializer, kaimingNormal, xavierUniform, zeros } from './initializers.js';
import type { ParameterRole } from './parameter.js';

/** What a rule may go by. */
export interface ParameterFacts {
  role: ParameterRole;
  /** Such as `stages.0.0.conv1.weight`. */
  path: string;
  shape: readonly number[];
}

/** Chooses a parameter's initialiser; `undefined` leaves it to the parameter's own. */
export type InitializerRule = (parameter: ParameterFacts) => Initializer | undefined;

/** The chapter's `init_cnn` (d2l): Xavier-uniform for the weights of convolutions and linear layers, nothing else. */
export const initCnn: InitializerRule = ({ role }) => (role === 'weight' ? xavierUniform : undefined);

const convolutionWeight = kaimingNormal({ mode: 'fanOut' });

/** torchvision's start of a ResNet: Kaiming-normal by fanOut for the weights of convolutions, nothing else. */
export const initResNet: InitializerRule = ({ role, shape }) =>
  role === 'weight' && shape.length === 4 ? convolutionWeight : undefined;

const anyWeight = kaimingNormal();

/** He et al. (arXiv 1502.01852), section 2.2: Kaiming-normal by fanIn for every weight, zeros for biases. */
export const initHe: InitializerRule = ({ role }) =>
  role === 'weight' ? anyWeight : role === 'bias' ? zeros : undefined;
