import type { Arithmetic } from '@residual/ops';
import { compileKernels } from './binary.js';
import { availableThreads, detectFeatures, enableRevectorisation } from './features.js';
import type { SimdOptions } from './options.js';
import { MOST_THREADS, type ThreadPool } from './pool.js';
import { chooseTileWidth, type TileChoice } from './tileWidth.js';

/** How the backend runs here: what the engine can do, and what was asked for. */
export interface Plan {
  /** The kernels, in the build that suits the engine. */
  module: WebAssembly.Module;
  /** Whether that build multiplies and adds in one rounding. */
  relaxed: boolean;
  threads: number;
  shared: boolean;
  /** Why there are fewer threads than could be, and what to do about it. */
  notice: string | undefined;
  /** Whether V8 joins 128-bit instructions into ones of 256 bits, in words. */
  revectorisation: string;
  tile: TileChoice;
  /** The speed of matrix products as a share of the fastest that the engine has; undefined where they have that. */
  share: number | undefined;
}

/** Looks at the engine, compiles the kernels and measures them; undefined without WebAssembly SIMD. */
export async function planFor(options: SimdOptions): Promise<Plan | undefined> {
  const features = detectFeatures();
  if (!features.simd) return undefined;
  const wanted = options.threads ?? availableThreads();
  const threads = features.shared ? Math.min(wanted, MOST_THREADS) : 1;
  // One thread needs no shared memory; without, views for JavaScript kernels are a little cheaper.
  const shared = threads > 1;
  const revectorised = enableRevectorisation(); // before anything is compiled
  const expected = revectorised ? 16 : 8;
  const build = async (relaxed: boolean) => {
    const module = await compileKernels({ ...features, relaxed, shared });
    return { relaxed, module, tile: await chooseTileWidth(module, shared, expected) };
  };
  const isPortable = options.bits === 'portable';
  const { relaxed, module, tile } = await build(features.relaxed && !isPortable);
  const fastest = isPortable && features.relaxed ? (await build(true)).tile : undefined;
  return {
    ...{ module, relaxed, threads, shared },
    // Never more than 1, which a busy machine may measure.
    share: fastest && Math.min(1, topSpeed(tile) / topSpeed(fastest)),
    revectorisation:
      globalThis.process !== undefined && revectorised
        ? 'on, by a flag that this V8 knows'
        : 'left to the engine',
    tile: options.tileWidth === undefined ? tile : { ...tile, width: options.tileWidth, reason: 'as asked' },
    notice: threads === wanted ? undefined : features.shared ? tooMany(wanted) : notIsolated(wanted),
  };
}

/** Of the last start, where it came to fewer threads than were planned. */
let fewer: { threads: number; notice: string; worker: SimdOptions['worker'] } | undefined;

/** Keeps what a start came to. Returns why that is fewer threads than planned, where it is, and what to do about it. */
export function rememberStart(
  { threads, shortfall }: ThreadPool,
  planned: number,
  { worker }: SimdOptions,
): string | undefined {
  fewer = undefined;
  if (shortfall === undefined) return undefined;
  let problem = `worker.js doesn't start (${shortfall}). If a bundler left it behind, say where it is: configureSimd({ worker }).`;
  // In no page.
  if (globalThis.process !== undefined && (threads > 1 || /EAGAIN/.test(`${shortfall}`)))
    problem = `no more start (${shortfall}). Raise the limit of processes (ulimit -u, or of the container), or ask for fewer threads.`;
  const notice = `${threadCount(threads)} instead of ${planned}, as ${problem}`;
  fewer = { threads, notice, worker };
  return notice;
}

/** A plan, with no more threads than the last start by the same worker came to. */
export function asStarted(plan: Plan, { worker }: SimdOptions): Plan {
  return fewer && fewer.worker === worker && fewer.threads < plan.threads ? { ...plan, ...fewer } : plan;
}

export function threadCount(threads: number): string {
  return `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

const topSpeed = ({ speeds }: TileChoice): number => Math.max(...Object.values(speeds));

function tooMany(wanted: number): string {
  return `${MOST_THREADS} threads instead of ${wanted}, the most that this backend runs.`;
}

function notIsolated(wanted: number): string {
  return (
    `1 thread instead of ${wanted}, as this page is not cross-origin isolated. Serve it with the headers ` +
    'Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.'
  );
}

/**
 * Of the choice between the algorithms of a convolution (convolution/algorithm.ts) and of what each of them computes: to
 * be raised when a release gives other bits for any shape. A checkpoint of another version is resumed with a warning.
 */
const CONVOLUTIONS_VERSION = 1;

/** How this backend rounds. Threads, tile width and re-vectorisation change no bit, so they are not here. */
export function arithmeticOf(
  { relaxed }: { relaxed: boolean },
  { convolution = 'auto' }: SimdOptions,
): Arithmetic {
  const algorithm = convolution === 'auto' ? 'chosen by shape' : `${convolution} wherever it can`;
  return {
    multiplyAdd: relaxed ? 'fused (relaxed SIMD)' : 'in two roundings',
    convolutions: `${algorithm}, version ${CONVOLUTIONS_VERSION}`,
  };
}
