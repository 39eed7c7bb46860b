export interface Example {
  /** The fence's first word: `ts`, `js`, `sh`... */
  language: string;
  /** The fence's other words. */
  marks: string[];
  code: string;
  /** The fence without a language that follows at once: what the example prints. */
  output?: string;
  /** Of the fence, from 1. */
  line: number;
}

const FENCE = /^```([^\n]*)\n([\s\S]*?)^```$/gm;

/** The fenced blocks of a Markdown text, in order; one that shows another's output belongs to that one. */
export function examples(markdown: string): Example[] {
  const found: Example[] = [];
  let end = -1;
  for (const match of markdown.matchAll(FENCE)) {
    const [block, info = '', code = ''] = match;
    const previous = found.at(-1);
    if (info === '' && previous !== undefined && markdown.slice(end, match.index).trim() === '') {
      previous.output = code;
    } else {
      const [language = '', ...marks] = info.split(' ');
      const line = markdown.slice(0, match.index).split('\n').length;
      found.push({ language, marks, code, line });
    }
    end = match.index + block.length;
  }
  return found;
}
