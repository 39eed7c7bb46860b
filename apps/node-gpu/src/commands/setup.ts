import { setupTensorflow } from '@residual/backend-tensorflow';
import { print, printJson, remark } from '../output.js';

export interface SetupOptions {
  library: string;
  json?: boolean;
}

/** Builds the native part of the backend `tensorflow` against a libtensorflow that is there. */
export async function setup({ library, json }: SetupOptions): Promise<void> {
  const { addon, version, usesGpu } = await setupTensorflow({ library, say: remark });
  if (json) return printJson({ addon, version, usesGpu });
  print(`built   ${addon}`);
  print(`library TensorFlow ${version}, ${usesGpu ? 'on a GPU' : 'on the processor'}`);
  print('Try:    residual train --backend tensorflow');
}
