/** A file that imports another, both relative to the repository. */
export type Import = readonly [from: string, to: string];

/**
 * Folders that need each other: a circle of folders side by side is one room with two doors, even where no file is in
 * a circle. Circles of whole packages are other checks' business.
 */
export function folderCircles(imports: readonly Import[]): string[] {
  return [...neighbours(imports)].flatMap(([folder, graph]) =>
    circlesOf(graph).map((names) => `folders in a circle: ${folder}: ${names.join(', ')}`),
  );
}

type Graph = Map<string, Set<string>>;

/** For each folder inside a package, which of its folders import which others. */
function neighbours(imports: readonly Import[]): Map<string, Graph> {
  const graphs = new Map<string, Graph>();
  for (const [from, to] of imports) {
    const [a, b] = [from.split('/'), to.split('/')];
    const depth = a.findIndex((name, i) => name !== b[i]);
    // Of one package (packages/NAME/), and neither is a file right where they part.
    if (depth < 2 || a.length <= depth + 1 || b.length <= depth + 1) continue;
    const folder = a.slice(0, depth).join('/');
    const graph = graphs.get(folder) ?? new Map<string, Set<string>>();
    graphs.set(folder, graph);
    graph.set(a[depth]!, (graph.get(a[depth]!) ?? new Set()).add(b[depth]!));
  }
  return graphs;
}

/** The sets of nodes that reach each other, each sorted. */
function circlesOf(graph: Graph): string[][] {
  const reached = new Map([...graph.keys()].map((node) => [node, reachedFrom(graph, node)]));
  const circles: string[][] = [];
  for (const [node, others] of reached) {
    if (!others.has(node) || circles.some((circle) => circle.includes(node))) continue;
    circles.push([...others].filter((other) => reached.get(other)?.has(node)).sort());
  }
  return circles;
}

function reachedFrom(graph: Graph, start: string): Set<string> {
  const reached = new Set<string>();
  const waiting = [...(graph.get(start) ?? [])];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (reached.has(node)) continue;
    reached.add(node);
    waiting.push(...(graph.get(node) ?? []));
  }
  return reached;
}
