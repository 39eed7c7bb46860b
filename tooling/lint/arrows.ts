/**
 * Who may import whom among the packages (docs/architecture.md). What is not listed is forbidden; tests and build
 * configuration are free, apps may import any package, and nothing imports an app.
 */
export const arrows: Record<string, { packages: string[]; tensorflow: string[] }> = {
  random: { packages: [], tensorflow: [] },
  weights: { packages: [], tensorflow: [] },
  plot: { packages: [], tensorflow: [] },
  logs: { packages: [], tensorflow: [] },
  resample: { packages: [], tensorflow: [] },
  data: { packages: ['random', 'weights'], tensorflow: [] },
  pictures: { packages: ['data', 'random', 'resample', 'weights'], tensorflow: [] },
  'fashion-mnist': { packages: ['data'], tensorflow: [] },
  pretrained: { packages: ['data', 'weights'], tensorflow: [] },
  ops: { packages: ['random', 'resample'], tensorflow: ['tfjs-core'] },
  blocks: { packages: ['ops', 'random'], tensorflow: ['tfjs-core'] },
  models: { packages: ['blocks'], tensorflow: ['tfjs-core'] },
  trainer: { packages: ['blocks', 'ops', 'data', 'weights', 'random'], tensorflow: ['tfjs-core'] },
  runs: {
    packages: ['trainer', 'models', 'blocks', 'data', 'pictures', 'weights', 'random'],
    tensorflow: ['tfjs-core'],
  },
  recipes: { packages: ['runs', 'trainer', 'data', 'pictures', 'fashion-mnist'], tensorflow: [] },
  torchrun: {
    packages: ['runs', 'trainer', 'models', 'blocks', 'data', 'pictures', 'weights'],
    tensorflow: ['tfjs-core'],
  },
  inspect: { packages: ['blocks', 'ops'], tensorflow: ['tfjs-core'] },
  conformance: { packages: ['ops', 'blocks', 'models', 'weights', 'random'], tensorflow: ['tfjs-core'] },
  'backend-tensorflow': { packages: ['ops', 'resample'], tensorflow: ['tfjs-core'] },
  'backend-simd': { packages: ['ops', 'resample'], tensorflow: ['tfjs-core', 'tfjs-backend-cpu'] },
  'backend-webgpu': { packages: ['ops', 'resample'], tensorflow: ['tfjs-core', 'tfjs-backend-webgpu'] },
};

/** Packages that every backend shares: they may not name one. */
export const sharedPackages = Object.keys(arrows).filter((name) => !name.startsWith('backend-'));
