import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { curvesOf } from '../chart/curves.js';
import { Legend } from '../chart/legend.js';
import { Plot } from '../chart/plot.js';
import { defaultPictures } from '../defaults.js';
import { epochHistory, isOpen, ownPictures, plan, trainLoss } from '../run/run.js';
import { settings } from '../settings/settings.js';

/** The chapter's plot of the run, drawn as wide as there is room. */
export function Chart() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(640);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(box.current!);
    return () => observer.disconnect();
  }, []);
  const curves = curvesOf(trainLoss.value, epochHistory.value);
  const isEmpty = curves.every(({ points }) => points.length === 0);
  const epochs = plan.value?.maxEpochs ?? settings.value.epochs;
  const ownClasses = settings.value.data === 'own' ? ownPictures.value?.classes : undefined;
  const sentence = curves
    .filter(({ points }) => points.length > 0)
    .map(({ name, points }) => `${name} ${points.at(-1)!.y.toFixed(3)}`)
    .join(', ');
  return (
    <div class="chart" ref={box}>
      <Plot
        curves={curves}
        epochs={epochs}
        firstLoss={Math.log(ownClasses ?? defaultPictures.classCount)} // of guessing
        width={Math.max(width, 240)}
        height={width < 480 ? 240 : 320}
        description={`Loss and accuracy over ${epochs} epochs. ${sentence || 'Nothing measured yet.'}`}
      />
      {isEmpty && !isOpen.value && (
        <p class="chart-empty">Press Start: the first losses come within seconds.</p>
      )}
      <Legend curves={curves} />
    </div>
  );
}
