import type { Findings, Gpu } from '../findings.js';
import { diagnoseMissingAddon, diagnoseMissingPackage } from './absence.js';
import { diagnoseFailure } from './failure.js';
import type { Diagnosis } from './fault.js';
import { diagnoseMissingGpu, diagnoseUnusedGpu } from './gpu.js';

/**
 * Says from what was found whether TensorFlow runs here and on what, or why not and what to do. Looks at nothing else,
 * so every system's faults can be told, and tested, on any other.
 *
 * @param options.requireGpu makes a missing GPU a fault
 */
export function diagnose(
  findings: Findings,
  { requireGpu = false }: { requireGpu?: boolean } = {},
): Diagnosis {
  const { installation, attempt } = findings;
  if (requireGpu && findings.gpus.length === 0 && !(attempt?.isLoaded && attempt.usesGpu)) {
    return diagnoseMissingGpu(findings);
  }
  if (installation === undefined) return diagnoseMissingPackage(findings);
  if (!installation.hasAddon) return diagnoseMissingAddon(findings, installation);
  if (attempt !== undefined && !attempt.isLoaded) return diagnoseFailure(findings, installation, attempt);
  const noGpu = attempt?.usesGpu
    ? undefined
    : findings.gpus.length === 0
      ? diagnoseMissingGpu(findings)
      : diagnoseUnusedGpu(findings, installation, attempt);
  if (noGpu !== undefined && (requireGpu || attempt === undefined)) return noGpu;
  const library = attempt?.libraries[0];
  return {
    usable: true,
    isGpu: noGpu === undefined,
    device:
      noGpu === undefined
        ? findings.gpus.map(describeGpu).join(', ') || 'a GPU'
        : `${findings.processor}, no GPU`,
    details: {
      library: `TensorFlow ${attempt?.version}${library === undefined ? '' : `, ${library}`}`,
      package: `${installation.packageName} ${installation.packageVersion}`,
      ...(noGpu !== undefined && { gpu: `none: ${noGpu.reason}` }),
    },
  };
}

function describeGpu({ name, memory, driver }: Gpu): string {
  return `${name} (${memory} MiB, driver ${driver})`;
}
