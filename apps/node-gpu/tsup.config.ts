import { library } from '@residual/tsup-preset';

export default library({ entry: ['src/main.ts'], platform: 'node', dts: false });
