import { readFileSync } from 'node:fs';

/** What a processor computes with, as far as the system tells. */
export interface Processor {
  /** The maker's numbers, which tell generations apart where the name doesn't: of an AMD EPYC, family 25 is Zen 3 and 4, 26 Zen 5. */
  family?: number;
  model?: number;
  /** Of its widest vectors. Whether it computes with all of them at once only a measurement tells: Zen 4 takes two turns for 512. */
  vectorBits?: number;
  /** Instructions for bfloat16, by Linux's names. */
  bfloat16: string[];
}

/**
 * The most that one core was seen to do, in 10^9 float32 operations a second, by what peers are made of: the hardware's part in their
 * ratio.
 */
export interface Peaks {
  /** `simd`'s tile of a matrix product, its operands in the first-level cache. */
  tile?: number;
  /** Of the vectors that V8 makes of WebAssembly's. */
  tileBits?: number;
  /** PyTorch's product of two matrices of 1024 x 1024: MKL's, which on an AMD stays within what 256 bits allow. */
  product?: number;
  /** PyTorch's convolution, 3x3, 256 to 256 channels on 28x28, channels_last: oneDNN's, which takes 512 bits where there are. */
  convolution?: number;
}

const BFLOAT16 = ['avx512_bf16', 'amx_bf16'];

/** @param cpuInfo of Linux; default: this machine's, empty where there is none */
export function processorOf(cpuInfo: string = ownCpuInfo()): Processor {
  const read = (name: string) => cpuInfo.match(new RegExp(`^${name}\\s*: *(.*)$`, 'm'))?.[1];
  const number = (name: string) => (read(name) === undefined ? undefined : Number(read(name)));
  const flags = new Set((read('flags') ?? read('Features') ?? '').split(' '));
  return {
    family: number('cpu family'),
    model: number('model'),
    vectorBits: flags.has('avx512f') ? 512 : flags.has('avx2') ? 256 : flags.size > 1 ? 128 : undefined,
    bfloat16: BFLOAT16.filter((flag) => flags.has(flag)),
  };
}

function ownCpuInfo(): string {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}
