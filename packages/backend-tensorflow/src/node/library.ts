import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { TensorflowError } from '../error.js';

/** A libtensorflow to build against. */
export interface Library {
  /** Of the two shared libraries. */
  folder: string;
  /** Their paths: TensorFlow and its framework. */
  files: [string, string];
  /** The folder of the headers. */
  include: string;
}

/** In a wheel, and in the C library that tensorflow.org offers. */
const NAMES = ['libtensorflow_cc.so.2', 'libtensorflow.so.2'];
const FRAMEWORK = 'libtensorflow_framework.so.2';
const HEADER = 'tensorflow/c/eager/c_api.h';

/** @throws TensorflowError `SETUP` naming what is missing. */
export function findLibrary(folder: string): Library {
  for (const place of placesBelow(folder)) {
    const main = NAMES.map((name) => join(place, name)).find(existsSync);
    const framework = join(place, FRAMEWORK);
    if (main === undefined || !existsSync(framework)) continue;
    const includes = [join(place, 'include'), join(place, '..', 'include')];
    const include = includes.find((candidate) => existsSync(join(candidate, HEADER)));
    if (include !== undefined) return { folder: place, files: [main, framework], include };
    throw missing(`${HEADER} in ${includes[0]}, beside the library in ${place}`, 'none');
  }
  throw missing(
    `${NAMES.join(' or ')}, and ${FRAMEWORK}, in ${folder} or its folders tensorflow, lib or site-packages`,
    existsSync(folder) ? 'neither' : 'no such folder',
  );
}

/** Where the libraries lie below a folder that a user may name: of a wheel, of the C library, site-packages, or a venv. */
function placesBelow(folder: string): string[] {
  const lib = join(folder, 'lib');
  const pythons = existsSync(lib) ? readdirSync(lib).filter((name) => name.startsWith('python3')) : [];
  return [
    ...['.', 'tensorflow', 'lib'].map((place) => join(folder, place)),
    ...pythons.map((name) => join(lib, name, 'site-packages', 'tensorflow')),
  ];
}

function missing(expected: string, received: string): TensorflowError {
  return new TensorflowError('SETUP', {
    where: '--library',
    expected,
    received,
    fix: 'The PyPI packages tensorflow and tensorflow-cpu contain it: name the venv that one is installed in, or its folder tensorflow.',
  });
}
