import { PictureProblem } from './guess.js';

export interface Arrivals {
  /** Something that could be dropped hovers over the page, or no longer does. */
  onHover(isOver: boolean): void;
  /** Read it at once: it is emptied when the event is over. */
  onArrival(transfer: DataTransfer | null): void;
}

/**
 * Watches for what is pasted or dropped anywhere on the page: a browser would show a file that is dropped elsewhere in
 * the page's place, and a run would be lost. What goes into a field, and text that is dragged about, is left alone.
 *
 * @returns a function that ends it
 */
export function watchArrivals(panel: Element, { onHover, onArrival }: Arrivals): () => void {
  const listeners = new AbortController();
  const on = <Name extends keyof DocumentEventMap>(
    name: Name,
    listen: (event: DocumentEventMap[Name]) => void,
  ) => document.addEventListener(name, listen, listeners);
  const isMeant = ({ dataTransfer, target }: DragEvent) =>
    dataTransfer?.types.includes('Files') || panel.contains(target as Node);

  on('paste', ({ target, clipboardData }) => {
    if (!isField(target)) onArrival(clipboardData);
  });
  on('dragover', (event) => {
    if (event.defaultPrevented) return onHover(false); // another place takes it
    if (!isMeant(event)) return;
    event.preventDefault();
    onHover(true);
  });
  on('dragleave', ({ relatedTarget }) => {
    // Out of the window.
    if (relatedTarget === null) onHover(false);
  });
  on('drop', (event) => {
    if (event.defaultPrevented || !isMeant(event)) return;
    event.preventDefault();
    onHover(false);
    onArrival(event.dataTransfer);
  });
  return () => listeners.abort();
}

function isField(target: EventTarget | null): boolean {
  const fields = 'textarea, input[type="text"], input[type="number"]';
  return target instanceof HTMLElement && target.matches(fields);
}

/**
 * The first file of what was dropped or pasted, a picture if there is one.
 *
 * @throws PictureProblem when there is no file in it.
 */
export function fileFrom(transfer: DataTransfer | null): File {
  const files = [...(transfer?.files ?? [])];
  const file = files.find(({ type }) => type.startsWith('image/')) ?? files[0];
  if (file !== undefined) return file;
  const types = [...(transfer?.types ?? [])].join(', ');
  throw new PictureProblem({
    expected: 'a picture (PNG, JPEG, WebP, GIF or AVIF)',
    received: types === '' ? 'nothing' : `something without a file (${types})`,
    fix: 'A picture on another page: copy the picture itself ("Copy image"), not its address, or save it first.',
  });
}
