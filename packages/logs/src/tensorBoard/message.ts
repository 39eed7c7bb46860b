/** How a field's value is written. */
const [VARINT, DOUBLE, BYTES, FLOAT] = [0, 1, 2, 5];

/**
 * Writes a message of protocol buffers, field by field.
 * Source: "Protocol Buffers: Encoding", https://protobuf.dev/programming-guides/encoding.
 */
export class Message {
  readonly #bytes: number[] = [];

  /** @param value a whole number from 0 to 2^53 */
  integer(field: number, value: number): this {
    return this.#key(field, VARINT).#varint(value);
  }

  double(field: number, value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.#key(field, DOUBLE).#add(bytes);
  }

  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#key(field, FLOAT).#add(bytes);
  }

  bytes(field: number, bytes: Uint8Array): this {
    return this.#key(field, BYTES).#varint(bytes.length).#add(bytes);
  }

  text(field: number, text: string): this {
    return this.bytes(field, new TextEncoder().encode(text));
  }

  message(field: number, message: Message): this {
    return this.bytes(field, message.encoded);
  }

  get encoded(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }

  #key(field: number, kind: number): this {
    return this.#varint(field * 8 + kind);
  }

  #varint(value: number): this {
    let rest = value;
    // Not by bit operations: they end at 32 bits.
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#bytes.push((rest % 128) + 128);
    this.#bytes.push(rest);
    return this;
  }

  #add(bytes: Uint8Array): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }
}
