import { library } from '@residual/tsup-preset';

export default library({
  entry: ['src/index.ts', 'src/read.node.ts', 'src/read.browser.ts'],
  dts: { entry: 'src/index.ts' },
});
