import { quote, WeightsError } from '../error.js';
import type { ByteSource } from '../stored.js';
import { crc32 } from './crc32.js';

const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
/** The sizes follow the data, where the directory has them, too. */
const SIZES_LATER = 1 << 3;
const STORED = 0;
const DEFLATED = 8;
/** Deflate packs at most 1,032 bytes into one. */
const MOST_PACKED = 1032;
const PIECE = 1 << 20;

/** What the directory says of a record. */
interface Facts {
  name: string;
  method: number;
  /** 0 also where the writer computed none, as PyTorch can be told to. */
  crc: number;
  size: number;
  packedSize: number;
  /** Of its local header. */
  begin: number;
}

/** One record of a zip file. What is read of it is checked against its CRC-32 as a whole. */
export class ZipRecord {
  readonly name: string;
  /** In bytes, unpacked. */
  readonly size: number;
  readonly #source: ByteSource;
  readonly #facts: Facts;
  readonly #end: number;
  #data: Promise<number> | undefined;
  #checked: Promise<void> | undefined;

  /** @param end where the directory begins: data end before it */
  constructor(source: ByteSource, facts: Facts, end: number) {
    this.#source = source;
    this.#facts = facts;
    this.#end = end;
    this.name = facts.name;
    this.size = facts.size;
  }

  get isStored(): boolean {
    return this.#facts.method === STORED;
  }

  /**
   * Bytes of a stored record: all, or from `begin` to `end`.
   *
   * @throws WeightsError `FORMAT` when they are compressed or damaged, or the record's two headers differ.
   */
  async read(begin = 0, end = this.size): Promise<Uint8Array> {
    const data = await this.#dataBegin();
    if (!this.isStored) {
      throw this.#failure(
        'stored data, as PyTorch writes them',
        `those of method ${this.#facts.method}`,
        'Save the file with torch.save, or unpack and repack it without compression.',
      );
    }
    if (begin === 0 && end === this.size) {
      const bytes = await this.#source.read(data, data + end);
      this.#check(crc32(bytes));
      return bytes;
    }
    this.#checked ??= this.#checkAll(data);
    await this.#checked;
    return this.#source.read(data + begin, data + end);
  }

  /**
   * All bytes, unpacked if need be; or the first `limit`, unchecked.
   *
   * @throws WeightsError `FORMAT` as `read`, and for any other method than deflate.
   */
  async unpack(limit = this.size): Promise<Uint8Array> {
    const { method, size, packedSize } = this.#facts;
    if (this.isStored && limit >= size) return this.read();
    const data = await this.#dataBegin();
    if (this.isStored) return this.#source.read(data, data + limit);
    if (method !== DEFLATED) throw this.#failure('stored or deflated data', `those of method ${method}`);
    if (size > MOST_PACKED * packedSize)
      throw this.#failure(`at most ${MOST_PACKED * packedSize} bytes from ${packedSize}`, `${size}`);
    const packed = new Blob([new Uint8Array(await this.#source.read(data, data + packedSize))]);
    const bytes = new Uint8Array(Math.min(limit, size));
    let length = 0;
    try {
      for await (const piece of packed
        .stream()
        .pipeThrough(new DecompressionStream('deflate-raw')) as unknown as AsyncIterable<Uint8Array>) {
        if (length + piece.length > size) throw new Error('more bytes than its size');
        bytes.set(piece.subarray(0, bytes.length - length), length);
        length = Math.min(length + piece.length, bytes.length);
        if (length === limit && limit < size) return bytes;
      }
    } catch (cause) {
      throw this.#failure('deflated data', `others (${cause instanceof Error ? cause.message : cause})`);
    }
    if (length !== size) throw this.#failure(`${size} bytes`, `${length}`);
    this.#check(crc32(bytes));
    return bytes;
  }

  async #checkAll(data: number): Promise<void> {
    let crc = 0;
    for (let begin = 0; begin < this.size; begin += PIECE) {
      const end = Math.min(begin + PIECE, this.size);
      crc = crc32(await this.#source.read(data + begin, data + end), crc);
    }
    this.#check(crc);
  }

  #check(crc: number): void {
    if (this.#facts.crc === 0 || crc === this.#facts.crc) return;
    throw this.#failure(`a CRC-32 of ${hex(this.#facts.crc)}`, hex(crc));
  }

  /** Where its data begin, once its own header was found to say what the directory says. */
  #dataBegin(): Promise<number> {
    this.#data ??= this.#readLocal();
    return this.#data;
  }

  async #readLocal(): Promise<number> {
    const { name, method, crc, size, packedSize, begin } = this.#facts;
    if (begin + LOCAL_BYTES > this.#end) throw this.#failure('a header of its own', 'none');
    const header = await this.#source.read(begin, begin + LOCAL_BYTES);
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    if (view.getUint32(0, true) !== LOCAL) throw this.#failure('a header of its own', 'something else');
    const nameEnd = begin + LOCAL_BYTES + view.getUint16(26, true);
    const data = nameEnd + view.getUint16(28, true);
    if (data + packedSize > this.#end)
      throw this.#failure('data before the directory', `an end at ${data + packedSize}`);
    const local = new TextDecoder().decode(
      new Uint8Array(await this.#source.read(begin + LOCAL_BYTES, nameEnd)),
    );
    const sizes = [view.getUint32(18, true), view.getUint32(22, true)];
    const isSame = (value: number, expected: number) => value === expected || value === 0xffffffff;
    const isLater = (view.getUint16(6, true) & SIZES_LATER) !== 0;
    const agrees =
      local === name &&
      view.getUint16(8, true) === method &&
      (isLater ||
        (view.getUint32(14, true) === crc && isSame(sizes[0]!, packedSize) && isSame(sizes[1]!, size)));
    if (!agrees) throw this.#failure('a header that says what the directory says', 'another');
    if (method === STORED && size !== packedSize)
      throw this.#failure(`${size} bytes, as it is stored`, `${packedSize}`);
    return data;
  }

  #failure(expected: string, received: string, fix = 'Download or save the file again.'): WeightsError {
    const where = `${this.#source.name}: record ${quote(this.name)}`;
    return new WeightsError('FORMAT', { where, expected, received, fix });
  }
}

function hex(crc: number): string {
  return `0x${crc.toString(16).padStart(8, '0')}`;
}
