/** ResNet-50 and networks that do as much in other ways; the first is what the others are compared with. */
export const VARIANTS = ['resnet50', 'seresnet50', 'resnet50d', 'resnetv2-50'] as const;

/** The row of a variant on a backend. */
export const variantName = (backend: string, variant: string) => `${backend} ${variant}`;

/** Of all of them. */
export const variantNames = (backend: string): string[] =>
  VARIANTS.map((variant) => variantName(backend, variant));
