/** A safetensors file from a header as text, and data; `length` overrides the header length that it declares. */
export function file(
  header: string | Uint8Array,
  data: number | Uint8Array = 0,
  length?: bigint,
): Uint8Array {
  const headerBytes = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const dataBytes = typeof data === 'number' ? new Uint8Array(data).map((_, i) => i + 1) : data;
  const bytes = new Uint8Array(8 + headerBytes.length + dataBytes.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(headerBytes.length), true);
  bytes.set(headerBytes, 8);
  bytes.set(dataBytes, 8 + headerBytes.length);
  return bytes;
}

/** One member of a header: a tensor's name and fields, each as JSON text. */
export function entry(name: string, shape: string, offsets: string, dtype = '"U8"'): string {
  return `${name}:{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
}

/** The text of a header with one tensor `a`. */
export function header(shape: string, offsets: string, dtype = '"U8"'): string {
  return `{${entry('"a"', shape, offsets, dtype)}}`;
}

/** Seconds of the processor since `start`, to which a busy machine adds none. */
export function secondsSince(start: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}
