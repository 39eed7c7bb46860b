import { describe, expect, it } from 'vitest';
import { quotaOfCores } from '../src/quota.js';

/** What a process sees whose files have those texts. */
function quota(files: Record<string, string>): number {
  return quotaOfCores((path) => files[path]);
}

describe("a container's quota", () => {
  it('is read from cpu.max of version 2, the least of all groups above', () => {
    expect(quota({ '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '150000 100000\n' })).toBe(1.5);
    const nested = {
      '/proc/self/cgroup': '0::/user.slice/job\n',
      '/sys/fs/cgroup/user.slice/cpu.max': '200000 100000\n',
      '/sys/fs/cgroup/user.slice/job/cpu.max': '400000 100000\n',
    };
    expect(quota(nested)).toBe(2);
  });

  it('is read from cpu.cfs_quota_us of version 1, also where the path is that of the host', () => {
    const files = {
      '/proc/self/cgroup': '9:name=systemd:/\n4:cpuacct,cpu:/docker/0123\n8:pids:/\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '300000\n',
      '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    };
    expect(quota(files)).toBe(3);
  });

  it.each([
    ['version 2', { '/proc/self/cgroup': '0::/', '/sys/fs/cgroup/cpu.max': 'max 100000' }],
    [
      'version 1',
      {
        '/proc/self/cgroup': '2:cpu:/',
        '/sys/fs/cgroup/cpu/cpu.cfs_quota_us': '-1',
        '/sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000',
      },
    ],
    ['a system without control groups', {}],
    ['a file that is cut off', { '/proc/self/cgroup': '0::/', '/sys/fs/cgroup/cpu.max': '' }],
  ])('is infinite without one: %s', (_, files) => {
    expect(quota(files as Record<string, string>)).toBe(Number.POSITIVE_INFINITY);
  });
});
