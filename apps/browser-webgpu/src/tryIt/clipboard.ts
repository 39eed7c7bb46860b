import { PictureProblem } from './guess.js';

const EXPECTED = 'a picture on the clipboard';

/**
 * The picture on the clipboard, for those who have no Ctrl-V. Ask only after a click: the browser may ask back.
 *
 * @throws PictureProblem when there is none, or the clipboard is not allowed.
 */
export async function pictureOnClipboard(): Promise<Blob> {
  const items = await clipboardItems();
  for (const item of items) {
    const type = item.types.find((type) => type.startsWith('image/'));
    if (type !== undefined) return item.getType(type);
  }
  const types = items.flatMap((item) => item.types).join(', ');
  throw new PictureProblem({
    expected: EXPECTED,
    received: types === '' ? 'an empty clipboard' : types,
    fix: 'Copy a picture first ("Copy image"), or choose a file.',
  });
}

async function clipboardItems(): Promise<ClipboardItem[]> {
  const fix = 'Press Ctrl-V (or Cmd-V) instead, or choose a file.';
  if (!navigator.clipboard?.read) {
    throw new PictureProblem({ expected: EXPECTED, received: 'a browser that keeps it from pages', fix });
  }
  try {
    return await navigator.clipboard.read();
  } catch {
    throw new PictureProblem({ expected: EXPECTED, received: 'a refusal to read it', fix });
  }
}
