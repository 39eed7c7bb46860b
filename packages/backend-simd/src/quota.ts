/** The text of a file, or undefined where there is none. */
export type ReadText = (path: string) => string | undefined;

const ROOT = '/sys/fs/cgroup';

/**
 * How many cores' time a Linux control group grants this process, infinite without a quota: what containers are started with
 * (`docker run --cpus`). Node 20 doesn't count it in `availableParallelism`; threads beyond it are only stopped in turn.
 *
 * https://docs.kernel.org/admin-guide/cgroup-v2.html (cpu.max), and cpu.cfs_quota_us of version 1.
 */
export function quotaOfCores(read: ReadText): number {
  const groups = read('/proc/self/cgroup')?.split('\n') ?? [];
  const folders = new Set(groups.flatMap((line) => foldersUpFrom(line.split(':').slice(2).join(':'))));
  const quotas = [...folders].flatMap((folder) => [
    ratio(read(`${ROOT}${folder}/cpu.max`)?.split(' ')),
    ratio(['quota', 'period'].map((what) => read(`${ROOT}/cpu${folder}/cpu.cfs_${what}_us`))),
  ]);
  return Math.min(...quotas);
}

/** A group's folder and all above it: each may have a quota. In a container the path may be that of the host, which isn't there. */
function foldersUpFrom(path: string): string[] {
  const names = path.trim().split('/').slice(1);
  return ['', ...names.map((_, i) => `/${names.slice(0, i + 1).join('/')}`)];
}

/** "max" of version 2 and -1 of version 1 are no quota. */
function ratio([quota, period]: readonly (string | undefined)[] = []): number {
  const cores = Number(quota) / Number(period);
  return cores > 0 ? cores : Number.POSITIVE_INFINITY;
}
