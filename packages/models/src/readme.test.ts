import { testReadme } from '@residual/testing';

const models = new URL('../', import.meta.url);

await testReadme(models);
// Its examples build models, on which blocks itself can't depend.
await testReadme(new URL('../blocks/', models), models);
