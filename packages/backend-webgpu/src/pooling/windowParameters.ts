import type { KernelParams } from '@residual/ops';
import { unsigned } from '../shader.js';

/** What the shaders of poolings are told: the picture, the windows over it, and how these lie. */
export const windowParameters = unsigned(
  ...(['size', 'height', 'width', 'rows', 'columns', 'channels'] as const),
  ...(['tapRows', 'tapColumns', 'strideRows', 'strideColumns', 'paddingRows', 'paddingColumns'] as const),
);

export type Windows = Pick<KernelParams<'residual/maxPool2d'>['attrs'], 'kernelSize' | 'stride' | 'padding'>;

export function windowSizes({ kernelSize, stride, padding }: Windows) {
  return {
    ...{ tapRows: kernelSize[0], tapColumns: kernelSize[1] },
    ...{ strideRows: stride[0], strideColumns: stride[1] },
    ...{ paddingRows: padding[0], paddingColumns: padding[1] },
  };
}
