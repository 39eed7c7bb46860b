import type { Choices } from './options.ts';

/** The text of `--help`. */
export function help({ works, peers, engines }: Choices): string {
  return `Usage: npx pnpm@12 bench [options]

Images a second of this project's backend and of the peers that are installed, in one run: each peer in a process of its
own, measured in turn on the same cores, and compared with the best PyTorch.

  --model NAME       only the works of this model: ${[...new Set(works.map(({ model }) => model))].join(', ')}
  --work PART        only the works whose name contains PART
  --only PARTS       only the peers whose name contains one of PARTS, separated by commas
  --count-only       measures nothing: what one training step asks of a WebGPU device, beside TensorFlow.js's own backend
  --threads N        default: all cores
  --batch-size N     in place of each work's
  --rounds N         measurements of each peer, in place of each work's; peers that take minutes have one
  --steps N          steps of a measurement, in place of each work's
  --python PATH      an interpreter with torch: adds PyTorch
  --tfjs-node PATH   a folder whose node_modules has a working @tensorflow/tfjs-node
  --engines LIST     adds simd, with one thread and with all, in other engines, or PyTorch on an NVIDIA GPU (cuda):
                     ${Object.keys(engines).join(',')}
  --layers           also where the time of a step goes: of simd by kernel, and by convolution and direction with the
                     algorithm that ran; of webgpu by kernel; always part of --json
  --json             one JSON document, with every single measurement, and nothing else on stdout
  --markdown         tables in Markdown
  --from FILE...     prints the JSON document of an earlier run instead of measuring; of several runs on one machine the
                     medians
  --bundle FILE      packs all this (FILE.tar.xz, about 40 MB) for a Linux x64 machine without network: unpacked there,
                     ./bench.sh measures its GPU and its cores
  --help             this text

works: ${works.map(({ name }) => name).join(', ')}
peers: ${peers.map(({ name }) => name).join(', ')}`;
}
