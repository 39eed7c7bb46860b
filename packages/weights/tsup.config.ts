import { library } from '@residual/tsup-preset';

export default library({
  entry: { index: 'src/index.ts', node: 'src/node.ts', family: 'src/names/family.ts' },
});
