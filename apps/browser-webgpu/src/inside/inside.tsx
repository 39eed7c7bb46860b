import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { lastStep, modelVersion } from '../run/run.js';
import { session } from '../session/connect.js';
import { ConfusionTable } from './confusionTable.js';
import { ExplanationView } from './explanationView.js';
import { FilterView } from './filterView.js';
import { LayerTable } from './layerTable.js';
import { LookInside } from './lookInside.js';
import { ModelLine } from './modelLine.js';
import { PictureList } from './pictureList.js';
import './inside.css';

const look = new LookInside(session);

/** The panel "Look inside": what the model in hand gets right and wrong, and why. Follows a running training. */
export function Inside() {
  const panel = useRef<HTMLElement>(null);
  const isInSight = useSignal(false);
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => {
      isInSight.value = entries.at(-1)!.isIntersecting;
    });
    observer.observe(panel.current!);
    return () => observer.disconnect();
  }, [isInSight]);
  useSignalEffect(() => {
    if (!isInSight.value) return look.rest();
    // Either changes when the network has learnt something; the first also when it has become another.
    modelVersion.value;
    lastStep.value;
    look.wish();
  });
  const isAwaited = look.explanation.value === undefined && look.failure.value === undefined;
  return (
    <section
      class={isAwaited ? 'panel inside awaited' : 'panel inside'}
      aria-labelledby="inside-title"
      ref={panel}
    >
      <h2 id="inside-title">Look inside</h2>
      <ModelLine look={look} />
      {look.failure.value && (
        <p class="inside-failure" role="alert">
          {look.failure.value}
        </p>
      )}
      <div class="inside-pictures">
        <PictureList look={look} />
        <ExplanationView look={look} />
      </div>
      <div class="inside-facts">
        <ConfusionTable look={look} />
        <div>
          <FilterView look={look} />
          <LayerTable look={look} />
        </div>
      </div>
    </section>
  );
}
