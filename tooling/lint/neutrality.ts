import ts from 'typescript';
import { sharedPackages } from './arrows.ts';
import { isSource, type TextFile } from './files.ts';

const BACKENDS = /simd|web_?gpu|web_?gl|wasm|cuda|dawn|tfjs-(node|backend)|^(cpu|tensorflow)$/i;

/** Reads the very bytes of a bitmap by way of WebGL: nothing is computed there. */
const READS_BITMAPS = 'packages/pictures/src/browser.ts';

/**
 * Places where shared code names a backend in a string or an identifier. What differs between backends is a kernel
 * that one of them registers, or a candidate that the app passes; comments may say what they like.
 */
export function backendNames(files: TextFile[]): string[] {
  const shared = new RegExp(`^packages/(${sharedPackages.join('|')})/src/`);
  return files
    .filter(({ path }) => isSource(path) && shared.test(path) && path !== READS_BITMAPS)
    .flatMap(({ path, text }) => {
      const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest);
      const found: string[] = [];
      const visit = (node: ts.Node): void => {
        if ((ts.isIdentifier(node) || ts.isStringLiteralLike(node)) && BACKENDS.test(node.text)) {
          const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
          found.push(`${path}:${line + 1}: shared code names a backend: ${node.text}`);
        }
        ts.forEachChild(node, visit);
      };
      visit(source);
      return found;
    });
}
