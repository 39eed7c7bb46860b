import { describe, expect, it } from 'vitest';
import type { Attempt, Findings, Installation } from '../findings.js';
import { diagnose } from './diagnose.js';
import type { DiagnosisCode } from './fault.js';

const GPU = { name: 'NVIDIA GeForce RTX 3090', memory: 24576, driver: '550.54.15' };

const linux: Installation = {
  packageName: '@tensorflow/tfjs-node-gpu',
  packageVersion: '4.22.0',
  folder: '/app/node_modules/@tensorflow/tfjs-node-gpu',
  addon: '/app/node_modules/@tensorflow/tfjs-node-gpu/lib/napi-v8/tfjs_binding.node',
  hasAddon: true,
  addonNeighbours: ['tfjs_binding.node'],
  builtBy: { name: 'installer' },
};
const setUp: Installation = {
  ...linux,
  addon: '/cache/residual/tensorflow/tfjs_binding.node',
  builtBy: { name: 'setup', library: '/opt/tf/tensorflow', hasLibrary: true },
};
const windows: Installation = {
  ...linux,
  folder: 'D:\\app\\node_modules\\@tensorflow\\tfjs-node-gpu',
  addon: 'D:\\app\\node_modules\\@tensorflow\\tfjs-node-gpu\\lib\\napi-v8\\tfjs_binding.node',
};
const loaded = (log: string, usesGpu = false): Attempt => ({
  isLoaded: true,
  version: '2.18.1',
  usesGpu,
  libraries: ['/opt/tf/tensorflow/libtensorflow_cc.so.2'],
  log,
});
const failed = (error: string, signal?: string): Attempt => ({
  isLoaded: false,
  error,
  ...(signal && { signal }),
});

function findings(changes: Partial<Findings>): Findings {
  const machine = { platform: 'linux', arch: 'x64', node: '24.21.0', processor: 'AMD EPYC' } as const;
  return { ...machine, installation: linux, gpus: [], ...changes };
}

describe('where TensorFlow runs', () => {
  it('tells the GPU with its memory, the library with its version, and the package', () => {
    expect(diagnose(findings({ gpus: [GPU], attempt: loaded('', true) }), { requireGpu: true })).toEqual({
      usable: true,
      isGpu: true,
      device: 'NVIDIA GeForce RTX 3090 (24576 MiB, driver 550.54.15)',
      details: {
        library: 'TensorFlow 2.18.1, /opt/tf/tensorflow/libtensorflow_cc.so.2',
        package: '@tensorflow/tfjs-node-gpu 4.22.0',
      },
    });
  });

  it('tells the processor, and why it is no GPU', () => {
    expect(diagnose(findings({ attempt: loaded('') }))).toMatchObject({
      usable: true,
      isGpu: false,
      device: 'AMD EPYC, no GPU',
      details: { gpu: 'none: nvidia-smi finds no NVIDIA GPU.' },
    });
  });
});

// The texts of errors are as users reported them; the number is that of the issue in tensorflow/tfjs, where there is one.
interface Case {
  name: string;
  changes: Partial<Findings>;
  requireGpu?: boolean;
  code: DiagnosisCode;
  reason: string;
  fix: string;
}

const cases: Case[] = [
  {
    name: 'nothing installed',
    changes: { installation: undefined },
    code: 'NO_PACKAGE',
    reason: 'Neither @tensorflow/tfjs-node-gpu nor @tensorflow/tfjs-node is installed.',
    fix: 'pip install tensorflow-cpu && residual setup tensorflow --library tf-venv',
  },
  {
    name: 'nothing installed, on a machine with a GPU',
    changes: { installation: undefined, gpus: [GPU] },
    code: 'NO_PACKAGE',
    reason: 'is installed.',
    fix: "pip install 'tensorflow[and-cuda]' && residual setup tensorflow --library tf-venv",
  },
  {
    name: 'nothing installed, on macOS',
    changes: { installation: undefined, platform: 'darwin', arch: 'arm64' },
    code: 'NO_PACKAGE',
    reason: 'is installed.',
    fix: 'With Node 22 or older, run: npm install @tensorflow/tfjs-node@4.22.0.',
  },
  {
    name: 'the installer crashed on this Node',
    changes: { installation: { ...linux, hasAddon: false, addonNeighbours: [] } },
    code: 'NO_ADDON',
    reason: 'its installer does not run on Node 24.',
    fix: 'residual setup tensorflow',
  },
  {
    name: 'no download (#4191)',
    changes: { node: '20.19.4', installation: { ...linux, hasAddon: false, addonNeighbours: [] } },
    code: 'NO_ADDON',
    reason: 'its installer did not run, or its download failed.',
    fix: 'residual setup tensorflow',
  },
  {
    name: 'Windows: tensorflow.dll was left behind (#8215)',
    changes: {
      platform: 'win32',
      installation: windows,
      attempt: failed(`The specified module could not be found.\n\\\\?\\${windows.addon}`),
    },
    code: 'NO_DLL',
    reason:
      'tensorflow.dll is not beside the addon, in D:\\app\\node_modules\\@tensorflow\\tfjs-node-gpu\\lib\\napi-v8.',
    fix: 'copy "D:\\app\\node_modules\\@tensorflow\\tfjs-node-gpu\\deps\\lib\\tensorflow.dll" "D:\\app',
  },
  {
    name: 'Windows: tensorflow.dll is there (#8511)',
    changes: {
      platform: 'win32',
      installation: { ...windows, addonNeighbours: ['tensorflow.dll', 'tfjs_binding.node'] },
      attempt: failed('The specified module could not be found.'),
    },
    code: 'NO_DLL',
    reason: 'Visual C++ runtime',
    fix: 'Redistributable',
  },
  {
    name: "the package's library is missing",
    changes: {
      attempt: failed('libtensorflow.so.2: cannot open shared object file: No such file or directory'),
    },
    code: 'NO_LIBRARY',
    reason: "The addon's libtensorflow.so.2 is missing",
    fix: 'residual setup tensorflow',
  },
  {
    name: 'the library that setup used has moved',
    changes: {
      installation: { ...setUp, builtBy: { ...setUp.builtBy, hasLibrary: false } as Installation['builtBy'] },
      attempt: failed('libtensorflow_cc.so.2: cannot open shared object file: No such file or directory'),
    },
    code: 'NO_LIBRARY',
    reason: 'libtensorflow_cc.so.2 is not in /opt/tf/tensorflow any more',
    fix: 'Run: residual setup tensorflow --library DIR',
  },
  {
    name: 'macOS: the library is missing',
    changes: {
      platform: 'darwin',
      attempt: failed(
        'dlopen(/app/tfjs_binding.node, 0x0001): Library not loaded: @rpath/libtensorflow.2.dylib\n  Referenced from: /app/tfjs_binding.node',
      ),
    },
    code: 'NO_LIBRARY',
    reason: 'libtensorflow.2.dylib is missing',
    fix: 'npm install @tensorflow/tfjs-node@4.22.0',
  },
  {
    name: 'a CUDA library that the addon itself is linked to is missing',
    changes: {
      gpus: [GPU],
      attempt: failed('libcudart.so.11.0: cannot open shared object file: No such file or directory'),
    },
    code: 'WRONG_CUDA',
    reason: 'needs CUDA, whose libcudart.so.11.0 was not found.',
    fix: "pip install 'tensorflow[and-cuda]'",
  },
  {
    name: 'another libtensorflow than the addon was built for',
    changes: {
      installation: setUp,
      attempt: failed('/cache/residual/tensorflow/tfjs_binding.node: undefined symbol: TF_TString_Init'),
    },
    code: 'OTHER_LIBRARY',
    reason: 'it lacks TF_TString_Init',
    fix: 'residual setup tensorflow --library /opt/tf/tensorflow',
  },
  {
    name: 'an old Linux',
    changes: {
      attempt: failed(
        "/lib/x86_64-linux-gnu/libm.so.6: version `GLIBC_2.27' not found (required by /app/libtensorflow.so.2)",
      ),
    },
    code: 'OLD_SYSTEM',
    reason: 'needs GLIBC_2.27',
    fix: 'residual setup tensorflow',
  },
  {
    name: 'an addon of another system',
    changes: { attempt: failed('/app/tfjs_binding.node: invalid ELF header') },
    code: 'OTHER_SYSTEM',
    reason: 'is damaged, or not for linux on x64 (invalid ELF header).',
    fix: 'residual setup tensorflow',
  },
  {
    name: 'macOS: an addon for Intel on Apple silicon',
    changes: {
      platform: 'darwin',
      arch: 'arm64',
      attempt: failed(
        "dlopen(/app/tfjs_binding.node, 0x0001): tried: '/app/tfjs_binding.node' (mach-o file, but is an incompatible architecture (have 'x86_64', need 'arm64'))",
      ),
    },
    code: 'OTHER_SYSTEM',
    reason: 'not for darwin on arm64 (incompatible architecture)',
    fix: 'npm install @tensorflow/tfjs-node@4.22.0',
  },
  {
    name: 'an addon of another Node',
    changes: {
      attempt: failed(
        "The module '/app/tfjs_binding.node'\nwas compiled against a different Node.js version using\nNODE_MODULE_VERSION 72. This version of Node.js requires\nNODE_MODULE_VERSION 137.",
      ),
    },
    code: 'OTHER_SYSTEM',
    reason: 'built for another Node than this one, 24.21.0.',
    fix: 'residual setup tensorflow',
  },
  {
    name: 'a processor without AVX',
    changes: {
      attempt: failed(
        "2024-03-01 10:00:00.000000: F tensorflow/core/platform/cpu_feature_guard.cc:38] The TensorFlow library was compiled to use AVX instructions, but these aren't available on your machine.",
        'SIGABRT',
      ),
    },
    code: 'OLD_PROCESSOR',
    reason: 'needs AVX',
    fix: 'Use another backend',
  },
  {
    name: 'an illegal instruction (#6381)',
    changes: { attempt: failed('exit code null', 'SIGILL') },
    code: 'OLD_PROCESSOR',
    reason: 'SIGILL',
    fix: 'Use another backend',
  },
  {
    name: 'something else',
    changes: { installation: setUp, attempt: failed('out of memory\nand more', 'SIGKILL') },
    code: 'NOT_LOADED',
    reason:
      '/cache/residual/tensorflow/tfjs_binding.node could not be loaded (SIGKILL ended the process): out of memory',
    fix: 'residual setup tensorflow --library /opt/tf/tensorflow',
  },
  {
    name: 'no GPU where one is needed',
    changes: {},
    requireGpu: true,
    code: 'NO_GPU',
    reason: 'nvidia-smi finds no NVIDIA GPU.',
    fix: 'install its driver',
  },
  {
    name: 'no GPU where one is needed, on macOS',
    changes: { platform: 'darwin', attempt: loaded('') },
    requireGpu: true,
    code: 'NO_GPU',
    reason: 'TensorFlow has no GPU support on macOS.',
    fix: 'Use another backend.',
  },
  {
    name: 'a container without the GPU',
    changes: {
      attempt: loaded('failed call to cuInit: CUDA_ERROR_NO_DEVICE: no CUDA-capable device is detected'),
    },
    requireGpu: true,
    code: 'NO_GPU',
    reason: 'CUDA finds no NVIDIA GPU.',
    fix: 'into a container, pass it',
  },
  {
    name: 'a GPU beside current CUDA, which tfjs-node-gpu does not know (tensorflow/tensorflow #74459)',
    changes: {
      gpus: [GPU],
      attempt: loaded(
        "2024-08-24 15:40:49.279326: W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library 'libcudart.so.11.0'; dlerror: libcudart.so.11.0: cannot open shared object file: No such file or directory\n" +
          '2024-08-24 15:40:49.279356: I tensorflow/stream_executor/cuda/cudart_stub.cc:29] Ignore above cudart dlerror if you do not have a GPU set up on your machine.\n',
      ),
    },
    requireGpu: true,
    code: 'WRONG_CUDA',
    reason:
      'needs libcudart.so.11.0, and CUDA or cuDNN is missing or of another version (tfjs-node-gpu 4.22 needs CUDA 11.2 and cuDNN 8.1).',
    fix: "pip install 'tensorflow[and-cuda]' && residual setup",
  },
  {
    name: 'a GPU without cuDNN (#8269)',
    changes: {
      gpus: [GPU],
      attempt: loaded(
        "2024-05-06 00:05:33.767399: W tensorflow/stream_executor/platform/default/dso_loader.cc:64] Could not load dynamic library 'libcudnn.so.8'; dlerror: libcudnn.so.8: cannot open shared object file: No such file or directory\n" +
          '2024-05-06 00:05:33.767416: W tensorflow/core/common_runtime/gpu/gpu_device.cc:1850] Cannot dlopen some GPU libraries. Please make sure the missing libraries mentioned above are installed properly if you would like to use GPU.\nSkipping registering GPU devices...\n',
      ),
    },
    requireGpu: true,
    code: 'WRONG_CUDA',
    reason: 'NVIDIA GeForce RTX 3090 is not used: this libtensorflow needs libcudnn.so.8',
    fix: "pip install 'tensorflow[and-cuda]'",
  },
  {
    name: 'a GPU, and a newer TensorFlow that names no library',
    changes: {
      gpus: [GPU],
      installation: setUp,
      attempt: loaded(
        'Cannot dlopen some GPU libraries. Please make sure the missing libraries mentioned above are installed',
      ),
    },
    requireGpu: true,
    code: 'WRONG_CUDA',
    reason: 'CUDA or cuDNN is missing, or of another version than this libtensorflow needs.',
    fix: "pip install 'tensorflow[and-cuda]'",
  },
  {
    name: 'a GPU, and a TensorFlow for the processor',
    changes: { gpus: [GPU], installation: setUp, attempt: loaded('') },
    requireGpu: true,
    code: 'LIBRARY_WITHOUT_CUDA',
    reason: '/opt/tf/tensorflow was built without CUDA.',
    fix: "pip install 'tensorflow[and-cuda]'",
  },
];

describe('what can be wrong', () => {
  it.each(cases)('$name', ({ changes, requireGpu = false, code, reason, fix }) => {
    const diagnosis = diagnose(findings(changes), { requireGpu });
    expect(diagnosis).toMatchObject({
      usable: false,
      code,
      reason: expect.stringContaining(reason),
      fix: expect.stringContaining(fix),
    });
  });

  it('a GPU that is not used is told of where the processor will do', () => {
    const diagnosis = diagnose(findings({ gpus: [GPU], installation: setUp, attempt: loaded('') }));
    expect(diagnosis).toMatchObject({
      usable: true,
      details: {
        gpu: 'none: NVIDIA GeForce RTX 3090 is not used: /opt/tf/tensorflow was built without CUDA.',
      },
    });
  });
});
