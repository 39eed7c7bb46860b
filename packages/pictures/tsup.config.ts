import { library } from '@residual/tsup-preset';

export default library({
  entry: {
    index: 'src/index.ts',
    node: 'src/node.ts',
    browser: 'src/browser.ts',
    packWorker: 'src/node/packWorker.ts', // beside what starts it
  },
});
