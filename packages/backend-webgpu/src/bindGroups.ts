/** Far more than a step of the largest network makes. */
const MOST = 8192;

/**
 * Bind groups by what they bind. Buffers are used again, so a step mostly binds what one before it bound; making a bind group costs
 * a device's driver more time than recording the dispatch.
 */
export class BindGroups {
  readonly #device: GPUDevice;
  readonly #groups = new Map<string, GPUBindGroup>();
  readonly #numbers = new WeakMap<object, number>();
  #count = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  get(layout: GPUBindGroupLayout, buffers: readonly GPUBufferBinding[]): GPUBindGroup {
    let key = `${this.#numberOf(layout)}`;
    for (const { buffer, offset = 0, size = 0 } of buffers)
      key += ` ${this.#numberOf(buffer)}:${offset}:${size}`;
    let group = this.#groups.get(key);
    if (group === undefined) {
      // Buffers that were given back to the device are never asked for again: once in a while, all is forgotten.
      if (this.#groups.size === MOST) this.#groups.clear();
      group = this.#device.createBindGroup({
        layout,
        entries: buffers.map((resource, binding) => ({ binding, resource })),
      });
      this.#groups.set(key, group);
    }
    return group;
  }

  #numberOf(object: object): number {
    let number = this.#numbers.get(object);
    if (number === undefined) {
      number = this.#count++;
      this.#numbers.set(object, number);
    }
    return number;
  }
}
