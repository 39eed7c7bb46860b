import { useSignal } from '@preact/signals';
import { Fold } from '../fold.js';
import type { Pair } from '../session/session.js';
import { ConfusionCell } from './confusionCell.js';
import type { LookInside } from './lookInside.js';
import { firstCell, nextCell } from './nextCell.js';
import { bringIntoSight } from './pictureList.js';
import { nameOf, percent } from './words.js';

/** More classes than these have smaller cells. */
const MANY = 20;

/** How often pictures of each class are taken for each class. A cell shows its pictures in the list. */
export function ConfusionTable({ look }: { look: LookInside }) {
  const focused = useSignal<Pair | undefined>(undefined);
  const matrix = look.report.value?.matrix;
  if (matrix === undefined) return null;
  const name = (label: number) => nameOf(look.classNames.value, label);
  const order = look.order.value;
  const shown = typeof order === 'object' ? order : undefined;
  const stop = hasPictures(matrix, focused.value) ? focused.value : firstCell(matrix);

  const followFocus = ({ target }: FocusEvent) => {
    const { label, predicted } = (target as HTMLElement).dataset;
    if (label !== undefined) focused.value = { label: Number(label), predicted: Number(predicted) };
  };
  const moveFocus = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    const next = stop && nextCell(matrix, stop, event.key);
    if (next === undefined) return;
    event.preventDefault();
    const cell = `[data-label="${next.label}"][data-predicted="${next.predicted}"]`;
    event.currentTarget.querySelector<HTMLElement>(cell)?.focus();
  };

  return (
    <div class="confusion">
      <Fold title={<h3>What is taken for what</h3>}>
        <p class="hint">
          A row for each kind of picture, a column for each answer; the colour is a number's share of its row.
          Choose a number to see its pictures.
        </p>
        <section class="scroller" aria-label="Confusion matrix">
          <table class={matrix.length > MANY ? 'many' : ''} onFocusIn={followFocus} onKeyDown={moveFocus}>
            <thead>
              <tr>
                <td />
                {matrix.map((_, predicted) => (
                  <th key={predicted} scope="col">
                    <span>{name(predicted)}</span>
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {matrix.map((row, label) => {
                const total = row.reduce((sum, count) => sum + count, 0);
                return (
                  <tr key={label}>
                    <th scope="row">{name(label)}</th>
                    {row.map((count, predicted) => {
                      const pair = { label, predicted };
                      const share = count / total;
                      return (
                        <ConfusionCell
                          key={predicted}
                          pair={pair}
                          count={count}
                          share={share}
                          words={`${count} ${name(label)} taken for ${name(predicted)}, ${percent(share)} of the row`}
                          isShown={isSame(pair, shown)}
                          isStop={isSame(pair, stop)}
                          onChoose={() => {
                            look.show(pair);
                            bringIntoSight('test-pictures');
                          }}
                        />
                      );
                    })}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </section>
      </Fold>
    </div>
  );
}

const isSame = (a: Pair, b: Pair | undefined) => a.label === b?.label && a.predicted === b.predicted;

const hasPictures = (matrix: readonly number[][], pair: Pair | undefined): boolean =>
  pair !== undefined && (matrix[pair.label]?.[pair.predicted] ?? 0) > 0;
