import { useSignal } from '@preact/signals';
import { Fold } from '../fold.js';
import { ByteCanvas } from '../pixels/byteCanvas.js';
import { ClassBars } from '../pixels/classBars.js';
import { HeatCanvas } from '../pixels/heatCanvas.js';
import type { LookInside } from './lookInside.js';
import { MapGrid } from './mapGrid.js';
import { nameOf } from './words.js';

/** Why the model takes the chosen picture for what it does: Grad-CAM over it, and the feature maps of a module. */
export function ExplanationView({ look }: { look: LookInside }) {
  const opacity = useSignal(0.6);
  const picture = look.chosen.value;
  const explanation = look.explanation.value;
  const paths = look.facts.value?.paths ?? [];
  if (picture === undefined || explanation === undefined) {
    return <p class="hint">Choose a picture to see what the network looks at.</p>;
  }
  const { probabilities, gradCam, featureMaps } = explanation;
  const classNames = look.classNames.value;
  const classes = probabilities
    .map((probability, label) => ({ className: nameOf(classNames, label), probability }))
    .sort((a, b) => b.probability - a.probability);
  return (
    <section class="explanation" aria-label={`Explanation of picture ${picture.index}`}>
      <h3 aria-live="polite">Why {classes[0]?.className}?</h3>
      <div class="explanation-top">
        <div class="explained" id="explained" style={{ '--ratio': picture.width / picture.height }}>
          <ByteCanvas pixels={picture.pixels} width={picture.width} height={picture.height} />
          <HeatCanvas
            map={gradCam}
            opacity={opacity.value}
            label={`Grad-CAM: where in picture ${picture.index} the network finds ${classes[0]?.className}`}
          />
        </div>
        <div>
          <p>
            Picture {picture.index} is <strong>{nameOf(classNames, picture.label)}</strong>. Bright places
            made the network think of {classes[0]?.className} (Grad-CAM at {featureMaps.path}).
          </p>
          <ClassBars classes={classes.slice(0, 3)} />
          <label class="field">
            <span>Opacity of the heat map</span>
            <input
              type="range"
              min="0"
              max="1"
              step="0.05"
              value={opacity.value}
              onInput={({ currentTarget }) => (opacity.value = currentTarget.valueAsNumber)}
            />
          </label>
          <label class="field">
            <span>Look at</span>
            <select
              value={featureMaps.path}
              onChange={({ currentTarget }) => look.lookAt(currentTarget.value)}
            >
              {paths.map((path) => (
                <option key={path} value={path}>
                  {path}
                </option>
              ))}
            </select>
          </label>
        </div>
      </div>
      <Fold
        title={
          <h4>
            {featureMaps.count} feature maps of {featureMaps.path}, {featureMaps.height} x {featureMaps.width}
          </h4>
        }
      >
        <MapGrid maps={featureMaps} what="Feature map" />
      </Fold>
    </section>
  );
}
