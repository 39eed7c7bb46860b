import { style } from '../output.js';

const NAME = 9;

/** A name and its text, which goes on below itself. */
export function field(name: string, text: string, columns: number): string[] {
  const [first = '', ...rest] = wrap(text, columns - NAME - 1);
  return [`${style('bold', name.padEnd(NAME))} ${first}`, ...rest.map((line) => ' '.repeat(NAME + 1) + line)];
}

/** Lines of at most `width`, but no shorter than their longest word. */
export function wrap(text: string, width: number): string[] {
  return text === '' ? [] : fill(text.split(' '), width);
}

/** As `wrap`, of texts that stay whole. */
export function joined(texts: readonly string[], width: number): string[] {
  return fill(
    texts.map((text, i) => (i < texts.length - 1 ? `${text},` : text)),
    width,
  );
}

function fill(pieces: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const piece of pieces) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + piece.length > width) lines.push(piece);
    else lines[lines.length - 1] = `${last} ${piece}`;
  }
  return lines;
}

/** A text that ends with … where there is no room for all of it. */
export function cut(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`;
}
