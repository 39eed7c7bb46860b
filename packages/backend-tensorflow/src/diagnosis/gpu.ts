import type { Attempt, Findings, Installation } from '../findings.js';
import type { Fault } from './fault.js';
import { howToInstall } from './fixes.js';

/** There is none in sight. */
export function diagnoseMissingGpu({ platform, attempt }: Findings): Fault {
  if (platform === 'darwin') {
    return {
      usable: false,
      code: 'NO_GPU',
      reason: 'TensorFlow has no GPU support on macOS.',
      fix: 'Use another backend.',
    };
  }
  const isHidden = attempt?.isLoaded && /CUDA_ERROR_NO_DEVICE/.test(attempt.log);
  return {
    usable: false,
    code: 'NO_GPU',
    reason: `${isHidden ? 'CUDA' : 'nvidia-smi'} finds no NVIDIA GPU.`,
    fix: 'To use one, install its driver (nvidia-smi must list it; into a container, pass it).',
  };
}

/** Explains why TensorFlow, once loaded, would compute on the processor beside a GPU. */
export function diagnoseUnusedGpu(
  findings: Findings,
  { builtBy }: Installation,
  attempt: Extract<Attempt, { isLoaded: true }> | undefined,
): Fault {
  const log = attempt?.log ?? '';
  const unused = `${findings.gpus[0]?.name} is not used`;
  const fix = howToInstall(findings);
  const missing = missingLibraries(log);
  if (missing.length > 0) {
    const isOld = missing.some((library) => library.endsWith('.so.11.0'));
    return {
      usable: false,
      code: 'WRONG_CUDA',
      reason:
        `${unused}: this libtensorflow needs ${missing.join(', ')}, and CUDA or cuDNN is missing or of another ` +
        `version${isOld ? ' (tfjs-node-gpu 4.22 needs CUDA 11.2 and cuDNN 8.1)' : ''}.`,
      fix,
    };
  }
  if (/Cannot dlopen some GPU libraries/.test(log)) {
    return {
      usable: false,
      code: 'WRONG_CUDA',
      reason: `${unused}: CUDA or cuDNN is missing, or of another version than this libtensorflow needs.`,
      fix,
    };
  }
  const library = builtBy.name === 'setup' ? builtBy.library : "the package's libtensorflow";
  return {
    usable: false,
    code: 'LIBRARY_WITHOUT_CUDA',
    reason: `${unused}: ${library} was built without CUDA.`,
    fix,
  };
}

/** What TensorFlow says it could not load, without repetition. */
function missingLibraries(log: string): string[] {
  const found = [...log.matchAll(/Could not load dynamic library '([^']+)'/g)].map(([, library]) => library!);
  return [...new Set(found)];
}
