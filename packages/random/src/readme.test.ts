import { testReadme } from '@residual/testing';

await testReadme(new URL('../', import.meta.url));
