import type { Attempt, Findings, Installation } from '../findings.js';
import type { DiagnosisCode, Fault } from './fault.js';
import { howToInstall, howToRebuild } from './fixes.js';

type Failure = Extract<Attempt, { isLoaded: false }>;

interface Explanation {
  code: DiagnosisCode;
  /** Of the text of the error. */
  pattern: RegExp;
  reason(match: RegExpExecArray, context: Context): string;
  fix(context: Context): string;
}

interface Context {
  findings: Findings;
  installation: Installation;
}

const rebuild = ({ installation: { builtBy } }: Context) =>
  howToRebuild(builtBy.name === 'setup' && builtBy.hasLibrary ? builtBy.library : undefined);
const install = ({ findings }: Context) => howToInstall(findings);

/** What the dynamic linkers of Linux, macOS and Windows say, the particular before the general. */
const EXPLANATIONS: Explanation[] = [
  {
    code: 'WRONG_CUDA',
    pattern: /(lib(?:cu|nv)\w+\.so[.\d]*): cannot open shared object file/,
    reason: ([, library]) => `This libtensorflow needs CUDA, whose ${library} was not found.`,
    fix: install,
  },
  {
    code: 'NO_LIBRARY',
    pattern: /(libtensorflow\w*\.so[.\d]*): cannot open shared object file/,
    reason: ([, library], { installation: { builtBy } }) =>
      builtBy.name === 'setup'
        ? `${library} is not in ${builtBy.library} any more, where the addon was built for it.`
        : `The addon's ${library} is missing: its download failed or was removed.`,
    fix: (context) => (isSetUp(context) ? rebuild(context) : install(context)),
  },
  {
    code: 'NO_LIBRARY',
    pattern: /Library not loaded: \S*?(libtensorflow[^/\s]*\.dylib)/,
    reason: ([, library]) => `The addon's ${library} is missing.`,
    fix: install,
  },
  {
    code: 'OTHER_LIBRARY',
    pattern: /undefined symbol: (\w+)/,
    reason: ([, symbol]) =>
      `The libtensorflow that was found is not the one the addon was built for (it lacks ${symbol}).`,
    fix: rebuild,
  },
  {
    code: 'OLD_SYSTEM',
    pattern: /version [`']?(GLIBC(?:XX)?_[\d.]+)' not found/,
    reason: ([, version]) => `This system's C library is too old for the addon, which needs ${version}.`,
    fix: rebuild,
  },
  {
    code: 'OTHER_SYSTEM',
    pattern:
      /invalid ELF header|wrong ELF class|file too short|incompatible architecture|not a valid Win32 application/,
    reason: ([what], { findings: { platform, arch }, installation: { addon } }) =>
      `${addon} is damaged, or not for ${platform} on ${arch} (${what}).`,
    fix: (context) => (context.findings.platform === 'linux' ? rebuild(context) : install(context)),
  },
  {
    code: 'OTHER_SYSTEM',
    pattern: /was compiled against a different Node\.js version/,
    reason: (_, { findings: { node } }) => `The addon was built for another Node than this one, ${node}.`,
    fix: (context) => (context.findings.platform === 'linux' ? rebuild(context) : install(context)),
  },
  {
    code: 'OLD_PROCESSOR',
    pattern: /compiled to use (\w+) instructions, but these aren't available/,
    reason: ([, instructions]) =>
      `This libtensorflow needs ${instructions}, which the processor does not have.`,
    fix: () => 'Use another backend, or build TensorFlow for this processor.',
  },
];

/** Explains why an addon that is there could not be loaded. */
export function diagnoseFailure(
  findings: Findings,
  installation: Installation,
  { error, signal }: Failure,
): Fault {
  const context = { findings, installation };
  for (const { code, pattern, reason, fix } of EXPLANATIONS) {
    const match = pattern.exec(error);
    if (match) return { usable: false, code, reason: reason(match, context), fix: fix(context) };
  }
  if (findings.platform === 'win32' && /specified module could not be found/.test(error)) {
    return missingDll(installation);
  }
  if (signal === 'SIGILL') {
    return {
      usable: false,
      code: 'OLD_PROCESSOR',
      reason: 'This libtensorflow uses an instruction that the processor does not have (SIGILL).',
      fix: 'Use another backend, or build TensorFlow for this processor.',
    };
  }
  const [line = ''] = error.trim().split('\n');
  const ended = signal === undefined ? '' : ` (${signal} ended the process)`;
  return {
    usable: false,
    code: 'NOT_LOADED',
    reason: `${installation.addon} could not be loaded${ended}: ${line}`,
    fix: findings.platform === 'linux' ? rebuild(context) : install(context),
  };
}

/** The installer leaves tensorflow.dll in deps\lib where it should move it beside the addon (tensorflow/tfjs #8215). */
function missingDll({ folder, addon, addonNeighbours }: Installation): Fault {
  const beside = addon.slice(0, addon.lastIndexOf('\\'));
  const isThere = addonNeighbours.includes('tensorflow.dll');
  return {
    usable: false,
    code: 'NO_DLL',
    reason: isThere
      ? 'A library that the addon or tensorflow.dll needs is missing: the Visual C++ runtime, most likely.'
      : `tensorflow.dll is not beside the addon, in ${beside}.`,
    fix: isThere
      ? 'Install the Visual C++ Redistributable for Visual Studio 2015 to 2022 (x64).'
      : `Run: copy "${folder}\\deps\\lib\\tensorflow.dll" "${beside}"`,
  };
}

function isSetUp({ installation }: Context): boolean {
  return installation.builtBy.name === 'setup';
}
