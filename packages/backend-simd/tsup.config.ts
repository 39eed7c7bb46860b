import { library } from '@residual/tsup-preset';

export default library({
  entry: {
    ...{ index: 'src/index.ts', worker: 'src/worker.js' },
    ...{ variants: 'src/kernels/variants.ts', recording: 'src/recording.ts' },
  },
});
