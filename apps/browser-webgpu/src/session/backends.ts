import { type BackendCandidate, selectBackend } from '@residual/ops';
import type { Settings } from './session.js';

/** Makes the backend that is asked for, or the best that runs here, tfjs's own. Each is loaded when it is needed. */
export async function startBackend({ backend, threads }: Pick<Settings, 'backend' | 'threads'>) {
  const candidates: BackendCandidate[] = [];
  if (backend !== 'simd') candidates.push((await import('@residual/backend-webgpu')).webgpu);
  if (backend !== 'webgpu') candidates.push((await import('@residual/backend-simd')).simd);
  return selectBackend(candidates, {
    threads: threads ?? undefined,
    require: backend === 'auto' ? undefined : backend,
  });
}
