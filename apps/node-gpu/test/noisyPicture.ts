import sharp from 'sharp';

/** Writes a picture in which there is something to see, as `predict` warns of one that is a single colour. */
export async function writeNoisyPicture(path: string, width: number, height: number): Promise<void> {
  const noise = { type: 'gaussian', mean: 128, sigma: 40 } as const;
  await sharp({ create: { width, height, channels: 3, background: '#456', noise } }).toFile(path);
}
