import { existsSync } from 'node:fs';
import { copyFile, readFile, rmdir, symlink, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { PathInfo } from '@huggingface/hub';
import { holdFolder } from '@residual/trainer/node';
import { makeFolder } from '@residual/weights/node';
import { CommandError } from '../error.js';
import { remark } from '../output.js';
import { download } from './download.js';
import { type HubReference, parseHubReference } from './reference.js';

/** Beside the weights: what says which network they are of. */
const CONFIGS = ['config.json', 'preprocessor_config.json'];
const INDEX = 'model.safetensors.index.json';
/** In the order in which they are taken. */
const WEIGHTS = ['model.safetensors', INDEX, 'pytorch_model.bin'];
/** Milliseconds between two looks at whether another process is done. */
const WAIT = 200;
const COMMIT = /^[0-9a-f]{40}$/;

/** The Hub's client, with what the environment says: `HF_ENDPOINT`, `HF_TOKEN`, `HTTPS_PROXY` and its kin. */
interface Client {
  hub: typeof import('@huggingface/hub');
  fetch: typeof globalThis.fetch;
  hubUrl: string | undefined;
  accessToken: string | undefined;
}

/**
 * Fetches a model of the Hugging Face Hub into the cache that all of its tools share: its weights and what says which network they are of,
 * nothing else. What is there already is not fetched again; with `HF_HUB_OFFLINE`, nothing is.
 *
 * @param what `hf://owner/name` or `hf://owner/name@revision`
 * @returns the folder, in the Hub's layout, whose name is that of the commit
 * @throws CommandError `USAGE`, `DOWNLOAD`
 */
export async function hubFolder(what: string, { signal }: { signal?: AbortSignal } = {}): Promise<string> {
  const reference = parseHubReference(what);
  const hub = await import('@huggingface/hub');
  const place = join(hub.getHFHubCachePath(), hub.getRepoFolderName({ type: 'model', name: reference.name }));
  const known = await knownFolder(place, reference);
  const isOffline = /^(1|on|yes|true)$/i.test(process.env.HF_HUB_OFFLINE ?? '');
  if (known !== undefined && (isOffline || COMMIT.test(reference.revision))) return known;
  if (isOffline) throw offline(what);
  try {
    return await fetched(await clientOf(hub), reference, place, signal);
  } catch (error) {
    signal?.throwIfAborted();
    throw explained(error, what);
  }
}

/** A whole snapshot in the cache, as far as that can be told without asking. */
async function knownFolder(place: string, { revision }: HubReference): Promise<string | undefined> {
  const commit = COMMIT.test(revision)
    ? revision
    : (await readFile(join(place, 'refs', revision), 'utf8').catch(() => '')).trim();
  const folder = join(place, 'snapshots', commit);
  if (!COMMIT.test(commit) || !existsSync(join(folder, 'config.json'))) return undefined;
  const weights = WEIGHTS.find((name) => existsSync(join(folder, name)));
  if (weights === undefined) return undefined;
  const shards = weights === INDEX ? await shardsOf(join(folder, INDEX)) : [];
  return shards.every((name) => existsSync(join(folder, name))) ? folder : undefined;
}

async function fetched(
  client: Client,
  { name, revision }: HubReference,
  place: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const { hub, fetch: _, ...access } = client;
  const options = { ...access, fetch: client.fetch };
  const { sha, filePaths } = await hub.modelInfo({
    name,
    revision,
    additionalFields: ['sha', 'filePaths'],
    ...options,
  });
  const weights = WEIGHTS.find((path) => filePaths.includes(path));
  if (weights === undefined || !COMMIT.test(sha)) throw noWeights(name);
  const folder = join(place, 'snapshots', sha);
  const take = async (paths: readonly string[]) => {
    if (paths.length === 0) return;
    const infos = await hub.pathsInfo({ repo: name, paths: [...paths], revision: sha, ...options });
    // The server's word is not taken for a name of a file.
    for (const info of infos.filter(({ path }) => paths.includes(path)))
      await takeFile(client, { name, revision: sha }, info, { place, folder, signal });
  };
  await take([...CONFIGS.filter((path) => filePaths.includes(path)), weights]);
  if (weights === INDEX) {
    const shards = await shardsOf(join(folder, INDEX));
    await take(shards.filter((path) => filePaths.includes(path)));
  }
  if (revision !== sha) {
    const ref = join(place, 'refs', revision);
    await makeFolder(dirname(ref));
    await writeFile(ref, sha);
  }
  return folder;
}

/** One file into the cache: its content by its hash, and a link to it under its name. */
async function takeFile(
  { hub, ...client }: Client,
  { name, revision }: HubReference,
  info: PathInfo,
  { place, folder, signal }: { place: string; folder: string; signal: AbortSignal | undefined },
): Promise<void> {
  const link = join(folder, info.path);
  if (existsSync(link)) return;
  const { size, lfs, oid } = info;
  const value = lfs?.oid ?? oid;
  if (value === undefined || !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value))
    throw noHash(`${name}/${info.path}`);
  const blob = join(place, 'blobs', value);
  await makeFolder(dirname(blob));
  await alone(join(place, 'fetching', value), info.path, signal, async () => {
    if (existsSync(blob)) return;
    const found = await hub.fileDownloadInfo({ repo: name, path: info.path, revision, ...client });
    if (found === null) throw noWeights(name);
    remark(`Downloading ${info.path} of hf://${name}, ${(size / 1e6).toFixed(1)} MB.`);
    const headers: Record<string, string> = client.accessToken
      ? { Authorization: `Bearer ${client.accessToken}` }
      : {};
    const digest = { algorithm: lfs === undefined ? ('git' as const) : ('sha256' as const), value };
    const wanted = { name: `hf://${name}/${info.path}`, url: found.url, headers, size, digest };
    await download(wanted, blob, { fetch: client.fetch, ...(signal && { signal }) });
  });
  await makeFolder(folder);
  await symlink(relative(folder, blob), link).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') return copyFile(blob, link); // Windows asks for rights to make links
  });
}

/** Does `work` while no other process fetches the same file: two that write to one would damage it. The second waits for the first. */
async function alone(
  folder: string,
  file: string,
  signal: AbortSignal | undefined,
  work: () => Promise<void>,
): Promise<void> {
  for (let isTold = false; ; isTold = true) {
    try {
      return await holdFolder(folder, work);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'IN_USE') throw error;
      if (!isTold) remark(`Waiting for another download of ${file}.`);
      await setTimeout(WAIT, undefined, { signal });
    } finally {
      await rmdir(folder).catch(() => {}); // not where another process holds it
    }
  }
}

/** The files that an index names: plain names, as everything else is refused when it is opened. */
async function shardsOf(index: string): Promise<string[]> {
  const { weight_map: map = {} } = JSON.parse(await readFile(index, 'utf8')) as { weight_map?: object };
  return [...new Set(Object.values(map).map(String))].filter((name) =>
    /^[\w-][\w.-]*\.safetensors$/.test(name),
  );
}

async function clientOf(hub: Client['hub']): Promise<Client> {
  const { EnvHttpProxyAgent, fetch } = await import('undici');
  const dispatcher = new EnvHttpProxyAgent();
  return {
    hub,
    // undici's own, since Node's knows proxies of the environment only from version 24 on.
    fetch: ((url: string, init: object) =>
      fetch(url, { ...init, dispatcher })) as unknown as typeof globalThis.fetch,
    hubUrl: process.env.HF_ENDPOINT?.replace(/\/$/, '') || undefined,
    accessToken: process.env.HF_TOKEN || (await storedToken()),
  };
}

/** What `hf auth login` leaves. */
async function storedToken(): Promise<string | undefined> {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const home = process.env.HF_HOME ?? join(cache, 'huggingface');
  const token = await readFile(join(home, 'token'), 'utf8').catch(() => '');
  return token.trim() || undefined;
}

function explained(error: unknown, what: string): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error;
  const { statusCode } = error as { statusCode?: number };
  const fixes: Record<number, string> = {
    401: 'Check the name; for what is private, set HF_TOKEN.',
    403: 'Ask for access on its page, and set HF_TOKEN.',
    404: 'Check the name and the revision.',
  };
  const isSystem = 'syscall' in error;
  if (isSystem) return error;
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return new CommandError(
    'DOWNLOAD',
    {
      where: what,
      expected: 'an answer of the Hugging Face Hub',
      received: statusCode === undefined ? `${error.message}${cause}` : `HTTP status ${statusCode}`,
      fix: fixes[statusCode ?? 0] ?? 'Try again later; HF_HUB_OFFLINE=1 takes what is in the cache.',
    },
    { cause: error },
  );
}

function offline(what: string): CommandError {
  return new CommandError('DOWNLOAD', {
    where: what,
    expected: 'it whole in the cache, as HF_HUB_OFFLINE is set',
    received: 'nothing, or a part',
    fix: 'Leave HF_HUB_OFFLINE out, once.',
  });
}

function noWeights(name: string): CommandError {
  return new CommandError('DOWNLOAD', {
    where: `hf://${name}`,
    expected: `one of ${WEIGHTS.join(', ')}`,
    received: 'none of them',
    fix: 'Choose a repository with weights of PyTorch.',
  });
}

function noHash(where: string): CommandError {
  return new CommandError('DOWNLOAD', {
    where,
    expected: 'a hash by which to know the file',
    received: 'none',
    fix: 'Get the files yourself, and name their folder.',
  });
}
