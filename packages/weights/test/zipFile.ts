import { crc32 } from 'node:zlib';

export interface RecordOptions {
  method?: number;
  /** Of the directory, where it is to differ from the truth. */
  crc?: number;
  size?: number;
  packedSize?: number;
  /** Of the record's own header. */
  localName?: string;
}

/** A zip file of these records, stored. */
export function zipFile(
  records: Record<string, Uint8Array>,
  options: Record<string, RecordOptions> = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  for (const [name, data] of Object.entries(records)) {
    const {
      method = 0,
      crc = crc32(data),
      size = data.length,
      packedSize = data.length,
    } = options[name] ?? {};
    const localName = Buffer.from(options[name]?.localName ?? name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc, 14);
    local.writeUInt32LE(packedSize, 18);
    local.writeUInt32LE(size, 22);
    local.writeUInt16LE(localName.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(method, 10);
    entry.writeUInt32LE(crc, 16);
    entry.writeUInt32LE(packedSize, 20);
    entry.writeUInt32LE(size, 24);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt32LE(position, 42);
    parts.push(local, localName, Buffer.from(data));
    directory.push(entry, Buffer.from(name));
    position += 30 + localName.length + data.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(records).length, 8);
  end.writeUInt16LE(Object.keys(records).length, 10);
  end.writeUInt32LE(entries.length, 12);
  end.writeUInt32LE(position, 16);
  return Buffer.concat([...parts, entries, end]);
}
