/** Devices crash the process once their instance is collected. */
let gpu: GPU;

/** Gives Node `navigator.gpu`, by Dawn, with timestamps in nanoseconds: by default it rounds them to 0.1 ms. */
export async function installDawn(): Promise<GPU> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  gpu = create(['disable-dawn-features=timestamp_quantization']);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  return gpu;
}
