import { formatCount } from '../format.js';
import type { LookInside } from './lookInside.js';

/** The network's layers, with the shape that leaves each and the numbers that are trained in it. */
export function LayerTable({ look }: { look: LookInside }) {
  const facts = look.facts.value;
  if (facts === undefined) return null;
  return (
    <details class="layers">
      <summary>
        The {facts.layers.length} layers and their {formatCount(facts.parameters)} parameters
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <section class="scroller" aria-label="Layers" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Layer</th>
              <th scope="col">Kind</th>
              <th scope="col">Output shape</th>
              <th scope="col" class="number">
                Parameters
              </th>
            </tr>
          </thead>
          <tbody>
            {facts.layers.map(({ path, name, outputShape, parameters }) => (
              <tr key={path}>
                <th scope="row">{path}</th>
                <td>{name}</td>
                <td>{outputShape.join(' x ')}</td>
                <td class="number">{formatCount(parameters)}</td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row" colSpan={3}>
                Total
              </th>
              <td class="number">{formatCount(facts.parameters)}</td>
            </tr>
          </tfoot>
        </table>
      </section>
    </details>
  );
}
