import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unavailable } from '@residual/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBackend, diagnose, gather, setupTensorflow, TensorflowError } from '../src/index.js';

// What Linux without a GPU can have, provoked: a user's cache whose setup is broken in one way or another.
const describeLinux = describe.skipIf(process.platform !== 'linux');
let folder: string;
let cache: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'residual-tensorflow-'));
  cache = join(folder, 'residual', 'tensorflow');
  vi.stubEnv('XDG_CACHE_HOME', folder);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** As setup leaves it, but for the addon. */
function leaveSetup(library: string): void {
  const own = join(cache, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'package.json'), '{ "name": "@tensorflow/tfjs-node-gpu", "version": "4.22.0" }');
  writeFileSync(join(cache, 'setup.json'), JSON.stringify({ package: own, library }));
}

/** A shared library; skips the test where there is no compiler. */
function compile(
  context: { skip(note: string): never },
  code: string,
  output: string,
  words: string[] = [],
): void {
  const source = join(folder, 'source.cc');
  writeFileSync(source, code);
  try {
    execFileSync('g++', ['-shared', '-fPIC', source, '-o', output, ...words]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    unavailable(context, 'tensorflow', 'no g++');
  }
}

async function expectFault(code: string, reason: string): Promise<void> {
  const fault = diagnose(await gather());
  expect(fault).toMatchObject({ usable: false, code, reason: expect.stringContaining(reason) });
  expect(fault).toMatchObject({
    fix: expect.stringMatching(/residual setup tensorflow --library|another backend/),
  });
  // In this process, too, it is an error with the same words; but some end a process.
  if (['OLD_PROCESSOR', 'OTHER_LIBRARY'].includes(code)) return;
  const error = await createBackend({}).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(TensorflowError);
  expect(error).toMatchObject({ code: 'UNAVAILABLE', message: expect.stringContaining(reason) });
}

describeLinux('a broken installation is told from', () => {
  it('none', () => expectFault('NO_PACKAGE', 'is installed'));

  it('one without an addon', async () => {
    leaveSetup(folder);
    await expectFault('NO_ADDON', 'what setup built is gone');
  });

  it('an addon that is no addon', async () => {
    leaveSetup(folder);
    writeFileSync(join(cache, 'tfjs_binding.node'), 'half of a download');
    await expectFault('OTHER_SYSTEM', 'is damaged');
  });

  it('a library that is gone', async (context) => {
    leaveSetup(folder);
    const library = join(folder, 'libtensorflow_cc.so.2');
    compile(context, 'extern "C" int TF_Version() { return 1; }', library, [
      '-Wl,-soname,libtensorflow_cc.so.2',
    ]);
    const code = 'extern "C" int TF_Version(); int version() { return TF_Version(); }';
    compile(context, code, join(cache, 'tfjs_binding.node'), [library, `-Wl,-rpath,${folder}`]);
    rmSync(library);
    await expectFault('NO_LIBRARY', `libtensorflow_cc.so.2 is not in ${folder} any more`);
  });

  it('CUDA that is gone', async (context) => {
    leaveSetup(folder);
    const library = join(folder, 'libcudart.so.11.0');
    compile(context, 'extern "C" int cudaFree() { return 1; }', library, ['-Wl,-soname,libcudart.so.11.0']);
    const code = 'extern "C" int cudaFree(); int free_() { return cudaFree(); }';
    compile(context, code, join(cache, 'tfjs_binding.node'), [library]);
    rmSync(library);
    await expectFault('WRONG_CUDA', 'libcudart.so.11.0 was not found');
  });

  it('another library', async (context) => {
    leaveSetup(folder);
    const code = 'extern "C" int TF_Gone(); static int used = TF_Gone();';
    compile(context, code, join(cache, 'tfjs_binding.node'));
    await expectFault('OTHER_LIBRARY', 'it lacks TF_Gone');
  });

  it('an instruction that the processor lacks', async (context) => {
    leaveSetup(folder);
    const code = '__attribute__((constructor)) void start() { __builtin_trap(); }';
    compile(context, code, join(cache, 'tfjs_binding.node'));
    await expectFault('OLD_PROCESSOR', 'an instruction that the processor does not have');
  });
});

describeLinux('setup says what it lacks', () => {
  it('a library', async () => {
    const error = await setupTensorflow({ library: join(folder, 'nowhere') }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: 'SETUP',
      message: expect.stringMatching(
        /^--library: expected libtensorflow_cc\.so\.2 .* received no such folder\. The PyPI/,
      ),
    });
  });

  it('its headers', async () => {
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      writeFileSync(join(folder, name), '');
    await expect(setupTensorflow({ library: folder })).rejects.toThrow(
      /expected tensorflow\/c\/eager\/c_api\.h in .*include/,
    );
  });

  it('a compiler', async () => {
    const include = join(folder, 'include', 'tensorflow', 'c', 'eager');
    mkdirSync(include, { recursive: true });
    for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
      writeFileSync(join(folder, name), '');
    writeFileSync(join(include, 'c_api.h'), '');
    const own = join(cache, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'package.json'), '{}');
    vi.stubEnv('CXX', 'no-such-compiler');
    await expect(setupTensorflow({ library: folder })).rejects.toThrow(
      /^no-such-compiler: expected it to succeed, received no such program\. Install a C\+\+17 compiler/,
    );
  });
});
