import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

/** What a test has a server do with the bodies of large files. */
export interface Misbehaviour {
  /** Ends each body, and its connection, after so many bytes. */
  breakAfter?: number;
  /** Stops sending after so many bytes, and waits. */
  hangAfter?: number;
  /** Sends this instead. */
  instead?: Uint8Array;
  /** Sends everything, whatever is asked for. */
  ignoresRanges?: boolean;
  /** Of the answer to what is known of a repository. */
  status?: number;
  /** Lists one more file than was asked for. */
  lists?: object;
}

export const COMMIT = `${'c0ffee'.repeat(6)}c0de`;
const LARGE = 1000;

/** A server that speaks as the Hugging Face Hub does, and another that holds its large files, as the Hub's do. */
export class HubServer {
  misbehaviour: Misbehaviour = {};
  /** Each request: where, its range, and its token. */
  readonly requests: { place: string; range: string | undefined; token: string | undefined }[] = [];
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #hub = createServer((request, response) => this.#answer(request, response));
  readonly #store = createServer((request, response) => this.#answer(request, response));

  /** @param files of the repository, by path; those of 1,000 bytes and more are in Git LFS */
  constructor(files: Readonly<Record<string, Uint8Array | string>>) {
    this.#files = new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)]));
  }

  async start(): Promise<string> {
    await Promise.all([this.#hub, this.#store].map(listening));
    return addressOf(this.#hub);
  }

  stop(): void {
    for (const server of [this.#hub, this.#store]) {
      server.closeAllConnections();
      server.close();
    }
  }

  /** Since the last time. */
  taken(): string[] {
    return this.requests.splice(0).map(({ place }) => place);
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url!, 'http://hub');
    const { range, authorization: token } = request.headers;
    this.requests.push({ place: pathname, range, token });
    const [, path] = /(?:resolve\/[^/]+|store)\/(.*)$/.exec(pathname) ?? [];
    if (path !== undefined) {
      const isStored = !pathname.startsWith('/store/') && this.#files.get(path)!.length >= LARGE;
      if (isStored) response.writeHead(302, { Location: `${addressOf(this.#store)}/store/${path}` }).end();
      else this.#send(path, range, response);
    } else if (pathname.includes('/paths-info/')) {
      let body = '';
      request.on('data', (text) => {
        body += text;
      });
      request.on('end', () => json(response, this.#infos(JSON.parse(body).paths)));
    } else {
      const siblings = [...this.#files.keys()].map((rfilename) => ({ rfilename }));
      json(response, { _id: '1', id: 'owner/name', sha: COMMIT, siblings }, this.misbehaviour.status);
    }
  }

  #infos(paths: readonly string[]): object[] {
    const { lists } = this.misbehaviour;
    const infos = paths.map((path) => {
      const content = this.#files.get(path)!;
      const sha256 = createHash('sha256').update(content).digest('hex');
      const oid = createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
      const lfs = content.length >= LARGE && { lfs: { oid: sha256, size: content.length, pointerSize: 130 } };
      return { type: 'file', path, oid, size: content.length, ...lfs };
    });
    return lists === undefined ? infos : [...infos, lists];
  }

  #send(path: string, range: string | undefined, response: ServerResponse): void {
    const { instead, ignoresRanges, breakAfter, hangAfter } = this.misbehaviour;
    const content = this.#files.get(path)!;
    const isProbe = range === 'bytes=0-0';
    const whole = isProbe || content.length < LARGE ? content : (instead ?? content);
    const [, begin = '0', end = ''] =
      (!ignoresRanges || isProbe ? /bytes=(\d+)-(\d*)/ : / /).exec(range ?? '') ?? [];
    const body = whole.subarray(Number(begin), end === '' ? whole.length : Number(end) + 1);
    const isPart = body.length < whole.length;
    response.writeHead(isPart ? 206 : 200, {
      ETag: '"tag"',
      'Content-Length': body.length,
      ...(isPart && { 'Content-Range': `bytes ${begin}-${Number(begin) + body.length - 1}/${whole.length}` }),
    });
    const sent = breakAfter ?? hangAfter;
    if (isProbe || content.length < LARGE || sent === undefined || sent >= body.length) {
      response.end(body);
    } else {
      response.write(body.subarray(0, sent), () => {
        if (breakAfter !== undefined) response.destroy();
      });
    }
  }
}

/** A proxy that tunnels, as those of offices do, and counts. */
export async function startProxy(): Promise<{ address: string; tunnels(): number; stop(): void }> {
  const server = createServer();
  let count = 0;
  server.on('connect', (request, socket) => {
    count++;
    const [host, port] = request.url!.split(':');
    const upstream = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket);
      socket.pipe(upstream);
    });
    for (const one of [socket, upstream]) one.on('error', () => {});
  });
  await listening(server);
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { address: addressOf(server), tunnels: () => count, stop };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(response: ServerResponse, value: object, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
}
