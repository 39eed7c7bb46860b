const programs = {
  gradients: () => import('./gradients.js'),
  readme: () => import('./readme.js'),
  simd: () => import('./simd.js'),
};
const name = new URLSearchParams(location.search).get('program');
try {
  await programs[name]();
  console.log('done');
} catch (error) {
  console.log('failed', error);
}
