import type { Findings, Installation } from '../findings.js';
import type { Fault } from './fault.js';
import { howToInstall, LAST_NODE } from './fixes.js';

export function diagnoseMissingPackage(findings: Findings): Fault {
  return {
    usable: false,
    code: 'NO_PACKAGE',
    reason: 'Neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed.',
    fix: howToInstall(findings),
  };
}

/** The package is there and its installer didn't leave an addon, or what setup built is gone. */
export function diagnoseMissingAddon(findings: Findings, installation: Installation): Fault {
  const { packageName, packageVersion, addon, builtBy } = installation;
  const major = Number.parseInt(findings.node, 10);
  const why =
    builtBy.name === 'setup'
      ? 'what setup built is gone'
      : major > LAST_NODE
        ? `its installer does not run on Node ${major}`
        : 'its installer did not run, or its download failed';
  return {
    usable: false,
    code: 'NO_ADDON',
    reason: `${packageName} ${packageVersion} has no native addon at ${addon}: ${why}.`,
    fix: howToInstall(findings),
  };
}
