const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 11178378 -> `11,178,378` */
export function formatCount(count: number): string {
  return grouped.format(count);
}

/** 312.4 -> `312`, 8.37 -> `8.4` */
export function formatRate(rate: number): string {
  return rate < 10 ? rate.toFixed(1) : grouped.format(rate);
}

/** 3700000 -> `3.7 MB` */
export function formatBytes(bytes: number): string {
  const [size, unit] =
    bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB'];
  return `${size < 10 ? size.toFixed(1) : grouped.format(size)} ${unit}`;
}

/** 75 -> `1 min 15 s` */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}
