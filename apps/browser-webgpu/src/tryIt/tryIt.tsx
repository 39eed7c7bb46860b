import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Pace } from '../asking/pace.js';
import { session } from '../session/connect.js';
import { modelVersion } from '../train/run.js';
import { AnswerView } from './answerView.js';
import { watchArrivals } from './arrivals.js';
import { CameraView } from './cameraView.js';
import { decodePicture, fileFrom } from './decodePicture.js';
import { Drawing } from './drawing.js';
import { DrawingPad } from './drawingPad.js';
import { Guess } from './guess.js';
import { WaysIn } from './waysIn.js';
import './tryIt.css';

const guess = new Guess(session);
const drawing = new Drawing();

function classifyDrawing() {
  if (drawing.strokes.value.length === 0) guess.forget();
  else guess.give(drawing.picture());
}

/** While a line is drawn, the answer follows it. */
const pace = new Pace(async () => classifyDrawing(), { leastPause: 250, share: 1 });

/** The panel "Try it": your own picture, and what the network takes it for. */
export function TryIt() {
  const panel = useRef<HTMLElement>(null);
  const isOver = useSignal(false);
  const camera = useSignal<MediaStream | undefined>(undefined);

  // The network has learnt something, or has become another.
  useSignalEffect(() => {
    if (modelVersion.value > 0) guess.again();
  });

  useEffect(() => {
    const section = panel.current!;
    return watchArrivals(section, {
      onHover: (over) => {
        isOver.value = over;
      },
      onArrival: (transfer) => {
        section.scrollIntoView({ block: 'nearest' });
        void guess.giveFrom(async () => decodePicture(fileFrom(transfer)));
      },
    });
  }, [isOver]);

  return (
    <section
      class={isOver.value ? 'panel try-it over' : 'panel try-it'}
      aria-labelledby="try-title"
      ref={panel}
    >
      <h2 id="try-title">Try it</h2>
      <p class="hint">
        Draw something to wear, drop or paste a picture of it anywhere on this page, or use the camera.
      </p>
      {guess.problem.value && (
        <div class="try-problem" role="alert">
          <p>{guess.problem.value}</p>
          <button
            type="button"
            onClick={() => {
              guess.problem.value = undefined;
            }}
          >
            Dismiss
          </button>
        </div>
      )}
      <div class="try-columns">
        <div>
          {camera.value ? (
            <CameraView
              stream={camera.value}
              onPicture={(picture) => guess.give(picture)}
              onClose={() => {
                camera.value = undefined;
              }}
            />
          ) : (
            <DrawingPad drawing={drawing} onChange={() => pace.wish()} onDone={() => pace.now()} />
          )}
          <WaysIn guess={guess} camera={camera} />
        </div>
        <AnswerView guess={guess} />
      </div>
    </section>
  );
}
