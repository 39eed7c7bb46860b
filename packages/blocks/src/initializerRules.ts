import { type Initializer, kaimingNormal, xavierUniform } from './initializers.js';
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
