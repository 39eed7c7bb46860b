import { library } from '@residual/tsup-preset';

// Bundled for Node 20, which runs no TypeScript.
export default library({
  entry: ['src/peers/residual.ts', 'src/peers/data.ts', 'src/peers/stages.ts'],
  dts: false,
});
