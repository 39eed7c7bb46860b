/** The tensors that running kernels have made. Should a kernel fail, nobody else knows of them. */
export class MadeTensors {
  readonly #dataIds: object[] = [];
  #depth = 0;

  /** Notes a tensor made just now. */
  add(dataId: object): void {
    if (this.#depth > 0) this.#dataIds.push(dataId);
  }

  /** Runs a kernel's function; if it throws, `discard` gets each tensor that was made meanwhile. */
  during<T>(body: () => T, discard: (dataId: object) => void): T {
    const before = this.#dataIds.length;
    this.#depth++;
    try {
      return body();
    } catch (error) {
      for (const dataId of this.#dataIds.splice(before)) discard(dataId);
      throw error;
    } finally {
      this.#depth--;
      // What a kernel within a kernel has made, the outer one may still lose.
      if (this.#depth === 0) this.#dataIds.length = 0;
    }
  }
}
