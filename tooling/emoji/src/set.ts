import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { EmojiError } from './error.ts';

/** One picture of the set. */
export interface Emoji {
  /** Its class. */
  readonly category: string;
  /** The code of the emoji without a skin tone: pictures that share it are one group. */
  readonly base: string;
  /** Skin tones, of each person in it: `1f3fb`, `1f3fb-1f3fc`; empty for none. */
  readonly tone: string;
  /** Its file in the package's folder of pictures. */
  readonly image: string;
}

/** An entry of the package's `emoji.json`, as far as it is used. */
interface Entry {
  readonly unified: string;
  readonly image: string;
  readonly category: string;
  readonly has_img_twitter: boolean;
  readonly skin_variations?: Readonly<Record<string, { image: string; has_img_twitter: boolean }>>;
}

/** Skin tones and hair by themselves: parts of other emoji, and no class. */
const NO_CLASS = 'Component';

const ATTRIBUTION = `The emoji in this folder are Twemoji, of which each is its own file here, unchanged.

Copyright 2020 Twitter, Inc and other contributors; since then, X Corp and the contributors of
https://github.com/jdecked/twemoji. Licensed under CC-BY 4.0: https://creativecommons.org/licenses/by/4.0/

Their names and categories, and the pictures of 64x64 pixels, come from iamcal/emoji-data
(https://github.com/iamcal/emoji-data), npm's emoji-datasource-twitter 16.0.0.
Copyright (c) 2013 Cal Henderson, MIT licence.

A folder is a category of Unicode's. A file's name is the emoji's code, with _ and its skin tones where it has any.
`;

/** Lists the pictures of an unpacked package in its order: 3,781 of nine categories. */
export async function listEmoji(unpacked: string): Promise<Emoji[]> {
  const entries = JSON.parse(await readFile(join(unpacked, 'emoji.json'), 'utf8')) as Entry[];
  return entries
    .filter(({ category }) => category !== NO_CLASS)
    .flatMap(({ category, unified, image, has_img_twitter, skin_variations = {} }) => {
      const base = unified.toLowerCase();
      const variations = Object.entries(skin_variations).map(([tone, variation]) => ({
        tone: tone.toLowerCase(),
        ...variation,
      }));
      return [{ tone: '', image, has_img_twitter }, ...variations]
        .filter((picture) => picture.has_img_twitter)
        .map((picture) => ({ category, base, tone: picture.tone, image: picture.image }));
    });
}

/** A picture's file in the set: `People & Body/1f44b_1f3fb.png`. */
export function pathOf({ category, base, tone }: Emoji): string {
  return `${category}/${tone === '' ? base : `${base}_${tone}`}.png`;
}

/** @throws EmojiError when there is something in a folder, or when it is a file. */
export async function requireEmpty(folder: string): Promise<void> {
  const there = await readdir(folder).catch(({ code }: NodeJS.ErrnoException) =>
    code === 'ENOENT' ? [] : [code],
  );
  if (there.length === 0) return;
  throw new EmojiError(
    folder,
    'a folder that is empty, or none',
    `${there[0]}`,
    'Name another, or remove it.',
  );
}

/**
 * Writes pictures of an unpacked package as a folder with a folder for each class, and the attribution. The folder appears
 * when it is complete.
 *
 * @throws EmojiError when there is something in it already.
 */
export async function writeEmoji(unpacked: string, emoji: readonly Emoji[], folder: string): Promise<void> {
  await requireEmpty(folder);
  const target = resolve(folder);
  await mkdir(dirname(target), { recursive: true });
  const incomplete = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    for (const category of new Set(emoji.map((picture) => picture.category)))
      await mkdir(join(incomplete, category));
    for (const picture of emoji) {
      await copyFile(
        join(unpacked, 'img', 'twitter', '64', picture.image),
        join(incomplete, pathOf(picture)),
      );
    }
    await writeFile(join(incomplete, 'ATTRIBUTION.txt'), ATTRIBUTION);
    await rm(target, { recursive: true, force: true }); // an empty one
    await rename(incomplete, target);
  } finally {
    await rm(incomplete, { recursive: true, force: true });
  }
}
