import { library } from '@residual/tsup-preset';

export default library({ entry: ['src/index.ts', 'src/node.ts'] });
