// What opfsStorage.test.ts bundles and opens in Chromium, as a page and as a worker of that page.
import { holdOpfsFolder, opfsStorage } from '../src/browser.js';

const FOLDER = 'runs/first';
const storage = opfsStorage(FOLDER);
let release = () => {};

/** What a test may ask for. Values go through JSON. */
const operations = {
  async write(name: string, byte: number, length: number, isShared = false) {
    const bytes = isShared ? new Uint8Array(new SharedArrayBuffer(length)) : new Uint8Array(length);
    await storage.write(name, bytes.fill(byte));
  },
  /** The byte that a file is full of, and how many. */
  async read(name: string) {
    const bytes = await storage.read(name);
    return { length: bytes.length, byte: bytes[0], isEven: bytes.every((byte) => byte === bytes[0]) };
  },
  list: async () => (await storage.list()).sort(),
  remove: (name: string) => storage.remove(name),
  /** What a tab that is closed during the first write of a file leaves. */
  async leaveEmpty(name: string) {
    let directory = await navigator.storage.getDirectory();
    for (const part of FOLDER.split('/')) directory = await directory.getDirectoryHandle(part);
    await directory.getFileHandle(name, { create: true });
  },
  /** All names in the folder, of files that are none for the storage too. */
  async names() {
    let directory = await navigator.storage.getDirectory();
    for (const part of FOLDER.split('/')) directory = await directory.getDirectoryHandle(part);
    const names: string[] = [];
    for await (const name of directory.keys()) names.push(name);
    return names.sort();
  },
  /** The list of a folder from which another takes a file away while it is made. */
  async listWhileRemoving(name: string) {
    const files = FileSystemFileHandle.prototype;
    const { getFile } = files;
    files.getFile = async function () {
      if (this.name === name) await storage.remove(name);
      return getFile.call(this);
    };
    try {
      return await storage.list();
    } finally {
      files.getFile = getFile;
    }
  },
  /** Holds the folder until `release`, if it gets it. */
  hold: (folder: string, patience: number) =>
    new Promise<void>((held, refused) => {
      const work = () => {
        held();
        return new Promise<void>((resolve) => {
          release = resolve;
        });
      };
      holdOpfsFolder(folder, work, { patience }).catch(refused);
    }),
  async release() {
    release();
  },
  /** What a hold gives and throws is what its work does. */
  async passOn() {
    const given = await holdOpfsFolder(FOLDER, async () => 'given');
    const broken = holdOpfsFolder(FOLDER, async () => Promise.reject(new Error('broken')));
    return [given, await broken.catch((error: Error) => error.message)];
  },
  /** In a folder of the caller's. */
  async inFolder() {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('mine', { create: true });
    await opfsStorage('inner', { root }).write('a', Uint8Array.of(1));
    return opfsStorage('mine/inner').list();
  },
};

type Answer = { value?: unknown; error?: { name: string; code?: string; message: string; cause?: string } };

async function run(name: keyof typeof operations, values: unknown[]): Promise<Answer> {
  try {
    const operation = operations[name] as (...values: unknown[]) => Promise<unknown>;
    return { value: await operation(...values) };
  } catch (error) {
    const { name, message, code, cause } = error as Error & { code?: string; cause?: Error };
    return { error: { name, message, code, cause: cause?.name } };
  }
}

if (typeof document === 'undefined') {
  globalThis.onmessage = async ({ data, ports: [port] }) =>
    port!.postMessage(await run(data.name, data.values));
} else {
  let worker = new Worker('/page.js', { type: 'module' });
  const inWorker = (name: string, values: unknown[]) =>
    new Promise<Answer>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => resolve(data);
      worker.postMessage({ name, values }, [port2]);
    });
  const restart = () => {
    worker.terminate();
    worker = new Worker('/page.js', { type: 'module' });
  };
  Object.assign(globalThis, { inWindow: run, inWorker, restart });
}
