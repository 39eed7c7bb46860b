import { crc32, deflateRawSync } from 'node:zlib';

/** An entry as an archive says it, which may be something else than it is. */
export interface Entry {
  name: string;
  data: Uint8Array;
  /** What the header before the data calls it. Default: the same name. */
  localName?: string;
  /** What both headers say of the unpacked size. Default: the truth. */
  size?: number;
  /** Bit 0 of the flags. */
  encrypted?: boolean;
  /** How both headers say that it is packed. Default: 8, deflate. */
  method?: number;
  /** Of a Unix file, such as 0o120777 for a link. */
  mode?: number;
  /** Sizes and offset in the fields of zip64. */
  zip64?: boolean;
  /** Points to the data of an entry before it. */
  at?: number;
}

const MOST_32 = 0xffffffff;

/** A zip archive, with whatever lies its entries tell. */
export function makeZip(entries: readonly Entry[]): Uint8Array {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const {
    name,
    data,
    localName = name,
    size = data.length,
    encrypted,
    method = 8,
    mode = 0o100644,
    zip64,
    at,
  } of entries) {
    const packed = deflateRawSync(data);
    const crc = crc32(data);
    const common = (title: string, extra: number) => {
      const bytes = Buffer.alloc(26);
      bytes.writeUInt16LE(zip64 ? 45 : 20, 0);
      bytes.writeUInt16LE((encrypted ? 1 : 0) | 0x800, 2); // names in UTF-8
      bytes.writeUInt16LE(method, 4);
      bytes.writeUInt32LE(crc, 10);
      bytes.writeUInt32LE(zip64 ? MOST_32 : packed.length, 14);
      bytes.writeUInt32LE(zip64 ? MOST_32 : size, 18);
      bytes.writeUInt16LE(Buffer.byteLength(title), 22);
      bytes.writeUInt16LE(extra, 24);
      return bytes;
    };
    const sizes = (withOffset: boolean) => {
      if (!zip64) return Buffer.alloc(0);
      const bytes = Buffer.alloc(withOffset ? 28 : 20);
      bytes.writeUInt16LE(1, 0);
      bytes.writeUInt16LE(bytes.length - 4, 2);
      bytes.writeBigUInt64LE(BigInt(size), 4);
      bytes.writeBigUInt64LE(BigInt(packed.length), 12);
      if (withOffset) bytes.writeBigUInt64LE(BigInt(offset), 20);
      return bytes;
    };
    const local = Buffer.concat([
      Buffer.from('PK\x03\x04'),
      common(localName, sizes(false).length),
      Buffer.from(localName),
      sizes(false),
    ]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE((mode << 16) >>> 0, 6);
    place.writeUInt32LE(zip64 ? MOST_32 : (at ?? offset), 10);
    directory.push(
      Buffer.concat([
        Buffer.from('PK\x01\x02'),
        Buffer.from([20, 3]), // made by Unix
        common(name, sizes(true).length),
        place,
        Buffer.from(name),
        sizes(true),
      ]),
    );
    files.push(local, packed);
    offset += local.length + packed.length;
  }
  const all = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(all.length, 12);
  end.writeUInt32LE(offset, 16);
  return new Uint8Array(Buffer.concat([...files, all, end]));
}
