import { limit } from '@residual/data';
import * as whole from '@residual/fashion-mnist';

const PICTURES = 128;

export const { classNames } = whole;

export async function fashionMnist(source) {
  const { train, test } = await whole.fashionMnist(source);
  return { train: limit(train, PICTURES), test: limit(test, PICTURES) };
}
