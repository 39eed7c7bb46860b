import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ExpectedPixels {
  readonly width: number;
  readonly height: number;
  /** H * W * 4 bytes in base64. */
  readonly rgba: string;
}

/** Picture files that tooling/fixtures/files.py has written. */
export const filesFolder = join(import.meta.dirname, '..', 'fixtures', 'files');

/** The pixels that they must give. */
export const FILES = JSON.parse(readFileSync(join(filesFolder, 'files.json'), 'utf8')) as Record<
  'png' | 'png16' | 'lossless' | 'lossy' | 'profiles',
  Readonly<Record<string, ExpectedPixels>>
>;
