import type { LookInside, Order } from './lookInside.js';
import { PictureButton } from './pictureButton.js';
import { nameOf } from './words.js';

/** Test pictures with what the model takes them for. */
export function PictureList({ look }: { look: LookInside }) {
  const order = look.order.value;
  const pictures = look.pictures.value;
  const known = look.report.value !== undefined;
  return (
    <div>
      <h3 id="test-pictures">Test pictures</h3>
      <OrderChoice look={look} />
      <p class="hidden" role="status">
        {typeof order === 'object' && `Shows ${pictures.length} of them`}
      </p>
      {known && pictures.length === 0 && <p class="hint">{emptyWords(order)}</p>}
      <ul class="picture-list">
        {pictures.map((picture) => (
          <li key={picture.index}>
            <PictureButton
              picture={picture}
              classNames={look.classNames.value}
              isChosen={picture.index === look.chosen.value?.index}
              onChoose={() => {
                look.choose(picture);
                bringIntoSight('explained');
              }}
            />
          </li>
        ))}
      </ul>
      {pictures.length === look.count.value && (
        <button type="button" onClick={() => look.showMore()}>
          Show more
        </button>
      )}
    </div>
  );
}

function OrderChoice({ look }: { look: LookInside }) {
  const order = look.order.value;
  const choice = (value: Order, words: string) => (
    <button type="button" aria-pressed={order === value} onClick={() => look.show(value)}>
      {words}
    </button>
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset groups fields of a form; these are buttons.
    <div class="choices" role="group" aria-label="Which test pictures">
      {choice('worst', 'Worst mistakes first')}
      {choice('data', 'As they come')}
      {typeof order === 'object' && (
        <button type="button" aria-pressed="true" onClick={() => look.show('worst')}>
          {nameOf(look.classNames.value, order.label)} taken for{' '}
          {nameOf(look.classNames.value, order.predicted)}
        </button>
      )}
    </div>
  );
}

function emptyWords(order: Order): string {
  if (order === 'worst') return 'No mistakes among the pictures that it was judged by.';
  return 'No such picture among those that it was judged by.';
}

/** Scrolls as little as it takes, for what was asked for in one place and is shown in another. */
export function bringIntoSight(id: string): void {
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  document.getElementById(id)?.scrollIntoView({ block: 'nearest', behavior: isCalm ? 'instant' : 'smooth' });
}
