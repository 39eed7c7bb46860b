import { library } from '@residual/tsup-preset';

export default library({ entry: { index: 'src/index.ts', family: 'src/family/index.ts' } });
