import type { Findings } from '../findings.js';

const DOCUMENT = 'docs/backends.md of the repository tells more.';
/** The last Node that the installer of tfjs-node 4.22 runs on. */
export const LAST_NODE = 22;

/** How to get TensorFlow and build the addon against it, on Linux; elsewhere, how to install the addon that is offered. */
export function howToInstall({ platform, gpus }: Pick<Findings, 'platform' | 'gpus'>): string {
  const hasGpu = gpus.length > 0;
  if (platform === 'linux') {
    const wheel = hasGpu ? "'tensorflow[and-cuda]'" : 'tensorflow-cpu';
    return (
      `Run: python3 -m venv tf-venv && tf-venv/bin/pip install ${wheel} && ` +
      `residual setup tensorflow --library tf-venv (needs g++). ${DOCUMENT}`
    );
  }
  const name = platform === 'win32' && hasGpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  return `With Node ${LAST_NODE} or older, run: npm install ${name}@4.22.0. ${DOCUMENT}`;
}

/** How to build the addon anew, against a library that is there. */
export function howToRebuild(library = 'DIR'): string {
  return `Run: residual setup tensorflow --library ${library}${library === 'DIR' ? ', DIR being a folder with libtensorflow' : ''}. ${DOCUMENT}`;
}
