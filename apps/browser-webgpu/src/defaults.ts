import type { DataSplit, Task } from '@residual/data';

/** The pictures that come with the page, and what there is to say of them. No other file knows which they are. */
export const defaultPictures = {
  /** In addresses, and in the tasks of networks that have learnt them. */
  name: 'fashion-mnist',
  label: 'Fashion-MNIST, clothes',
  credit: 'Fashion-MNIST by Zalando, MIT licence',
  words: '60,000 pictures of clothes',
  trainCount: 60_000,
  classCount: 10,
  megabytes: 31,
  /** What to do with a network that has learnt them. */
  invitation:
    'Draw something to wear, drop or paste a picture of it anywhere on this page, or use the camera.',
  drawing: 'Draw a shoe, trousers, a bag…',
  camera: 'One piece of clothing on a plain ground works best.',
  /** The share of the test pictures that each recipe's network came to know. */
  results: { quick: '94.15% of the test pictures', d2l: '91.4% of the test pictures' },
} as const;

/** For the worker: the page's own thread shows pictures, and needs no package for that. */
export async function loadDefaultPictures(): Promise<DataSplit & { task: Task }> {
  const { fashionMnist, fashionMnistTask } = await import('@residual/fashion-mnist');
  return { ...(await fashionMnist()), task: fashionMnistTask };
}
