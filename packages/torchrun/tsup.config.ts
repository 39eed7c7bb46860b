import { library } from '@residual/tsup-preset';

export default library({ platform: 'node' });
