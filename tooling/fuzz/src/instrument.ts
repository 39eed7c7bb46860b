import ts from 'typescript';

/** A place that a run may reach or not. */
export interface Branch {
  /** Relative to the repository. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly kind: 'function' | 'if' | 'else' | 'case' | 'loop' | 'catch' | 'choice' | 'default';
}

export interface Instrumented {
  /** The source, each line where it was. */
  readonly code: string;
  readonly branches: readonly Branch[];
  /** Texts and numbers that stand in it: what a file has to hold to get further. */
  readonly words: readonly (string | number)[];
}

export interface InstrumentOptions {
  file: string;
  /** The counter of the first branch. */
  first: number;
  /** Functions to leave alone, with all that is in them: those that write what others read. */
  without?: readonly string[];
  /** How the code counts a branch. Default: in {@link COUNTERS}. */
  counting?: (branch: number) => string;
}

/** The array of counters, as the code calls it. */
export const COUNTERS = '$branches';
const MOST_WORD = 40;
const CHOICES = new Set<ts.SyntaxKind>([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.AmpersandAmpersandEqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
]);

/**
 * TypeScript that counts, in {@link COUNTERS}, how often each of its branches is taken: functions, both sides of an `if` and of a conditional,
 * what follows `&&`, `||` and `??`, cases, bodies of loops, handlers, defaults.
 */
export function instrument(
  source: string,
  { file, first, without = [], counting = (branch) => `${COUNTERS}[${branch}]++` }: InstrumentOptions,
): Instrumented {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const branches: Branch[] = [];
  const words: (string | number)[] = [];
  /** In the order of the text. */
  const insertions: [at: number, text: string][] = [];

  function count(node: ts.Node, kind: Branch['kind']): string {
    const { line } = tree.getLineAndCharacterOfPosition(node.getStart());
    branches.push({ file, line: line + 1, kind });
    return counting(first + branches.length - 1);
  }

  function expression(node: ts.Expression, kind: Branch['kind']): void {
    insertions.push([node.getStart(), `(${count(node, kind)},`]);
    visit(node);
    insertions.push([node.end, ')']);
  }

  function block(node: ts.Block, kind: Branch['kind']): void {
    insertions.push([node.getStart() + 1, `${count(node, kind)};`]);
    visit(node);
  }

  function statement(node: ts.Statement, kind: Branch['kind']): void {
    if (ts.isBlock(node)) {
      block(node, kind);
      return;
    }
    insertions.push([node.getStart(), `{${count(node, kind)};`]);
    visit(node);
    insertions.push([node.end, '}']);
  }

  /** All children but the one that is counted by itself. */
  function visitOthers(node: ts.Node, ...counted: (ts.Node | undefined)[]): void {
    ts.forEachChild(node, (child) => {
      if (!counted.includes(child)) visit(child);
    });
  }

  function visit(node: ts.Node): void {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (isNamed(node, without)) return;
    if (ts.isStringLiteralLike(node) && node.text.length <= MOST_WORD) words.push(node.text);
    if (ts.isNumericLiteral(node)) words.push(Number(node.text));
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const body = node.body as ts.ConciseBody;
      visitOthers(node, body);
      if (ts.isBlock(body)) block(body, 'function');
      else expression(body, 'function');
    } else if (ts.isIfStatement(node)) {
      visit(node.expression);
      statement(node.thenStatement, 'if');
      if (node.elseStatement) statement(node.elseStatement, 'else');
      else insertions.push([node.end, ` else {${count(node, 'else')}}`]);
    } else if (ts.isConditionalExpression(node)) {
      visit(node.condition);
      expression(node.whenTrue, 'if');
      expression(node.whenFalse, 'else');
    } else if (ts.isBinaryExpression(node) && CHOICES.has(node.operatorToken.kind)) {
      visit(node.left);
      expression(node.right, 'choice');
    } else if (ts.isCaseOrDefaultClause(node)) {
      if (ts.isCaseClause(node)) visit(node.expression);
      insertions.push([node.statements.pos, `${count(node, 'case')};`]);
      for (const one of node.statements) visit(one);
    } else if (ts.isIterationStatement(node, false)) {
      // The condition of do ... while stands behind its body.
      if (ts.isDoStatement(node)) statement(node.statement, 'loop');
      visitOthers(node, node.statement);
      if (!ts.isDoStatement(node)) statement(node.statement, 'loop');
    } else if (ts.isCatchClause(node)) {
      block(node.block, 'catch');
    } else if ((ts.isParameter(node) || ts.isBindingElement(node)) && node.initializer) {
      visitOthers(node, node.initializer);
      expression(node.initializer, 'default');
    } else ts.forEachChild(node, visit);
  }

  visit(tree);
  let code = '';
  let at = 0;
  for (const [position, text] of insertions) {
    code += source.slice(at, position) + text;
    at = position;
  }
  return { code: code + source.slice(at), branches, words };
}

function isNamed(node: ts.Node, names: readonly string[]): boolean {
  const isFunction =
    ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isVariableDeclaration(node);
  return isFunction && node.name !== undefined && names.includes(node.name.getText());
}
